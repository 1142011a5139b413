// value.h — the values of registry properties and of containers in calls: what a plist, a packet and JSON can hold.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace multiport::kernel {

struct Value;
using Data = std::vector<uint8_t>;
using Array = std::vector<Value>;
using Dictionary = std::map<std::string, Value, std::less<>>;

struct Number {
  uint64_t value = 0;
  uint32_t bits = 64;                                                           // as OSNumber was made
  bool operator==(const Number & other) const { return value == other.value; }  // OSNumber::isEqualTo ignores the size
};

struct Value {
  std::variant<bool, Number, std::string, Data, Array, Dictionary> held;

  Value() : held(false) {}
  Value(bool value) : held(value) {}
  Value(Number value) : held(value) {}
  Value(const char * value) : held(std::string(value)) {}
  Value(std::string value) : held(std::move(value)) {}
  Value(Data value) : held(std::move(value)) {}
  Value(Array value) : held(std::move(value)) {}
  Value(Dictionary value) : held(std::move(value)) {}

  bool operator==(const Value & other) const = default;

  // The value when it is of that kind, nullptr otherwise.
  template <typename T>
  const T * as() const {
    return std::get_if<T>(&held);
  }
};

inline Value number(uint64_t value, uint32_t bits = 32) { return Value(Number{value, bits}); }

// What `dictionary` holds under `key`: nullptr when there is nothing, or nothing of that kind.
const Value * find(const Dictionary & dictionary, std::string_view key);
template <typename T>
const T * find(const Dictionary & dictionary, std::string_view key) {
  auto * value = find(dictionary, key);
  return value ? value->as<T>() : nullptr;
}
// Empty when there is no string under `key`.
std::string_view text(const Dictionary & dictionary, std::string_view key);

// JSON as the control socket speaks it: OSData is {"$data": hexadecimal}.
nlohmann::json toJson(const Value & value);
nlohmann::json toJson(const Dictionary & dictionary);

}  // namespace multiport::kernel
