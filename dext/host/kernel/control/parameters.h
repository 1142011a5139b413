// parameters.h — the parameters of a request in, checked; values or a refusal out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/kernel/control/control.h"

namespace multiport::kernel {

// Reads a request's parameters one by one and remembers the first that is wrong. Strings, numbers, flags, lists of
// strings; a default when there is none.
class Parameters {
 public:
  explicit Parameters(const Json & json) : json_(json) {}

  uint64_t number(const char * key, uint64_t least, uint64_t most, uint64_t fallback);
  std::string text(const char * key, std::string fallback = {});
  std::vector<std::string> texts(const char * key);  // none when it is not there
  bool flag(const char * key, bool fallback = false);
  bool has(const char * key) const { return json_.contains(key); }

  const std::optional<Refusal> & wrong() const { return wrong_; }
  void refuse(std::string words, std::string fix) {
    if (!wrong_) wrong_ = Refusal{std::move(words), std::move(fix)};
  }

 private:
  const Json & json_;
  std::optional<Refusal> wrong_;
};

}  // namespace multiport::kernel
