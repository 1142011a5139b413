// result.h — what a call was asked for, or a sentence about why it could not be had.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace multiport::host {

// What went wrong, as one sentence for people. `number` is the errno behind it, 0 when there is none.
struct Error {
  std::string words;
  int number = 0;
};

// "open /dev/net/tun: Permission denied": what was tried, then the system's words for `number` (errno by default).
Error systemError(std::string tried);
Error systemError(std::string tried, int number);

// Either a T or an Error. Asking for the one that is not there is a mistake of ours and asserts.
template <typename T = void>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T & value() & { return *std::get_if<0>(&state_); }
  T && value() && { return std::move(*std::get_if<0>(&state_)); }
  T * operator->() { return std::get_if<0>(&state_); }
  const Error & error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return !error_; }
  const Error & error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace multiport::host
