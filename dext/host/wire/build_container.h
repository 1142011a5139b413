// build_container.h — the bytes of a container (container.h) in, a value of the caller's kind out.
#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "host/wire/container.h"

namespace multiport::wire {

// A Builder says what values are made of: `Value`, which is false when it is none, and a value of
//   boolean(bool), number(ContainerReader::Number), string(std::string_view), data(std::string_view),
//   array(std::vector<Value>), dictionary(std::vector<std::pair<std::string_view, Value>>).
// Text, data and keys are borrowed from the bytes.
template <typename Builder>
class ContainerBuild {
 public:
  using Value = typename Builder::Value;

  explicit ContainerBuild(std::span<const uint8_t> bytes) : reader_(bytes) {}

  // None when `bytes` are not exactly one container, or when it is nested more deeply than kMaxDepth.
  Value whole() {
    auto value = next(0);
    return reader_.atEnd() ? std::move(value) : Value();
  }

 private:
  Value next(unsigned depth) {
    auto tag = reader_.tag();
    if (!tag || depth == kMaxDepth) return {};
    switch (*tag) {
      case Tag::True:
      case Tag::False:
        return Builder::boolean(*tag == Tag::True);
      case Tag::Number: {
        auto number = reader_.number();
        return number ? Builder::number(*number) : Value();
      }
      case Tag::String: {
        auto text = reader_.text();
        return text ? Builder::string(*text) : Value();
      }
      case Tag::Data: {
        auto data = reader_.text();
        return data ? Builder::data(*data) : Value();
      }
      case Tag::Array:
        return array(depth + 1);
      case Tag::Dictionary:
        return dictionary(depth + 1);
    }
    return {};
  }

  Value array(unsigned depth) {
    auto count = reader_.arrayCount();
    if (!count) return {};
    std::vector<Value> members;
    for (uint32_t i = 0; i < *count; i++) {
      members.push_back(next(depth));
      if (!members.back()) return {};
    }
    return Builder::array(std::move(members));
  }

  Value dictionary(unsigned depth) {
    auto count = reader_.dictionaryCount();
    if (!count) return {};
    std::vector<std::pair<std::string_view, Value>> entries;
    for (uint32_t i = 0; i < *count; i++) {
      auto key = reader_.text();
      if (!key) return {};
      entries.emplace_back(*key, next(depth));
      if (!entries.back().second) return {};
    }
    return Builder::dictionary(std::move(entries));
  }

  ContainerReader reader_;
};

template <typename Builder>
typename Builder::Value buildContainer(std::span<const uint8_t> bytes) {
  return ContainerBuild<Builder>(bytes).whole();
}

}  // namespace multiport::wire
