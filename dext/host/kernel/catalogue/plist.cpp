#include "host/kernel/catalogue/plist.h"

#include <plist/plist.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>

namespace multiport::kernel {

namespace {

constexpr size_t kMaxBytes = 1 << 20;
constexpr int kMaxDepth = 32;

struct FreePlist {
  void operator()(void * node) const { plist_free(node); }
};
struct Free {
  void operator()(void * memory) const { std::free(memory); }
};

std::optional<Value> toValue(plist_t node, int depth);

Value stringOf(plist_t node) {
  uint64_t length = 0;
  const char * text = plist_get_string_ptr(node, &length);
  return std::string(text, length);
}

Value dataOf(plist_t node) {
  uint64_t length = 0;
  auto * bytes = reinterpret_cast<const uint8_t *>(plist_get_data_ptr(node, &length));
  return Data(bytes, bytes + length);
}

Value integerOf(plist_t node) {
  uint64_t value = 0;
  plist_get_uint_val(node, &value);
  return number(value, value > UINT32_MAX ? 64 : 32);
}

std::optional<Value> arrayOf(plist_t node, int depth) {
  Array array;
  for (uint32_t i = 0; i < plist_array_get_size(node); i++) {
    auto value = toValue(plist_array_get_item(node, i), depth);
    if (!value) return std::nullopt;
    array.push_back(std::move(*value));
  }
  return array;
}

std::optional<Value> dictionaryOf(plist_t node, int depth) {
  Dictionary dictionary;
  plist_dict_iter iterator = nullptr;
  plist_dict_new_iter(node, &iterator);
  std::unique_ptr<void, Free> freed(iterator);
  for (;;) {
    char * key = nullptr;
    plist_t item = nullptr;
    plist_dict_next_item(node, iterator, &key, &item);
    std::unique_ptr<char, Free> name(key);
    if (!item) return dictionary;
    auto value = toValue(item, depth);
    if (!value) return std::nullopt;
    dictionary.emplace(name.get(), std::move(*value));
  }
}

// Nothing for what a property of a driver cannot be: reals, dates, and collections without an end.
std::optional<Value> toValue(plist_t node, int depth) {
  if (depth == kMaxDepth) return std::nullopt;
  switch (plist_get_node_type(node)) {
    case PLIST_BOOLEAN: {
      uint8_t value = 0;
      plist_get_bool_val(node, &value);
      return Value(value != 0);
    }
    case PLIST_UINT:
      return integerOf(node);
    case PLIST_STRING:
      return stringOf(node);
    case PLIST_DATA:
      return dataOf(node);
    case PLIST_ARRAY:
      return arrayOf(node, depth + 1);
    case PLIST_DICT:
      return dictionaryOf(node, depth + 1);
    default:
      return std::nullopt;
  }
}

}  // namespace

host::Result<Dictionary> readPlist(const std::string & path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return host::systemError("read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  auto bytes = text.str();
  if (bytes.size() > kMaxBytes) return host::Error{path + " is longer than a property list may be (1 MiB)"};
  plist_t root = nullptr;
  plist_from_memory(bytes.data(), static_cast<uint32_t>(bytes.size()), &root);
  std::unique_ptr<void, FreePlist> owned(root);
  if (!root) return host::Error{path + " is no property list, or has a syntax error (plutil -lint shows the line)"};
  if (plist_get_node_type(root) != PLIST_DICT) return host::Error{path + " is a property list but no dictionary"};
  auto value = toValue(root, 0);
  if (!value) return host::Error{path + " holds a date, a real, or dictionaries inside each other without end"};
  return *value->as<Dictionary>();
}

}  // namespace multiport::kernel
