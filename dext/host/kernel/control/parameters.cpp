#include "host/kernel/control/parameters.h"

namespace multiport::kernel {

uint64_t Parameters::number(const char * key, uint64_t least, uint64_t most, uint64_t fallback) {
  if (!json_.contains(key)) return fallback;
  auto & value = json_[key];
  if (value.is_number_unsigned() && value.get<uint64_t>() >= least && value.get<uint64_t>() <= most)
    return value.get<uint64_t>();
  refuse(std::string(key) + ": " + value.dump(-1, ' ', false, Json::error_handler_t::replace) + " cannot be used",
         "Give a whole number from " + std::to_string(least) + " to " + std::to_string(most) + ".");
  return fallback;
}

std::string Parameters::text(const char * key, std::string fallback) {
  if (!json_.contains(key)) return fallback;
  if (json_[key].is_string()) return json_[key].get<std::string>();
  refuse(std::string(key) + " is no text", "Give a string.");
  return fallback;
}

std::vector<std::string> Parameters::texts(const char * key) {
  std::vector<std::string> texts;
  if (!json_.contains(key)) return texts;
  bool isList = json_[key].is_array();
  for (auto & each : isList ? json_[key] : Json::array()) {
    isList = isList && each.is_string();
    if (isList) texts.push_back(each.get<std::string>());
  }
  if (!isList) refuse(std::string(key) + " is no list of texts", "Give an array of strings.");
  return texts;
}

bool Parameters::flag(const char * key, bool fallback) {
  if (!json_.contains(key)) return fallback;
  if (json_[key].is_boolean()) return json_[key].get<bool>();
  refuse(std::string(key) + " is neither true nor false", "Give true or false.");
  return fallback;
}

}  // namespace multiport::kernel
