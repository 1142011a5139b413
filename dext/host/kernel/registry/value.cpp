#include "host/kernel/registry/value.h"

#include <nlohmann/json.hpp>

namespace multiport::kernel {

namespace {

std::string hexadecimal(const Data & data) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * data.size());
  for (uint8_t byte : data) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

struct ToJson {
  nlohmann::json operator()(bool value) const { return value; }
  nlohmann::json operator()(const Number & value) const { return value.value; }
  nlohmann::json operator()(const std::string & value) const { return value; }
  nlohmann::json operator()(const Data & value) const { return {{"$data", hexadecimal(value)}}; }
  nlohmann::json operator()(const Array & value) const {
    auto array = nlohmann::json::array();
    for (auto & each : value) array.push_back(toJson(each));
    return array;
  }
  nlohmann::json operator()(const Dictionary & value) const { return toJson(value); }
};

}  // namespace

const Value * find(const Dictionary & dictionary, std::string_view key) {
  auto place = dictionary.find(key);
  return place == dictionary.end() ? nullptr : &place->second;
}

std::string_view text(const Dictionary & dictionary, std::string_view key) {
  auto * value = find<std::string>(dictionary, key);
  return value ? std::string_view(*value) : std::string_view();
}

nlohmann::json toJson(const Value & value) { return std::visit(ToJson{}, value.held); }

nlohmann::json toJson(const Dictionary & dictionary) {
  auto object = nlohmann::json::object();
  for (auto & [key, value] : dictionary) object[key] = toJson(value);
  return object;
}

}  // namespace multiport::kernel
