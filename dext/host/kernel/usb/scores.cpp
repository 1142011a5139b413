#include "host/kernel/usb/scores.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace multiport::kernel {

namespace {

using Key = std::string_view;
enum class ClassIs : uint8_t { Any, Vendor, NotVendor };

// One row of the tables. Rows that name the product bear further keys that fit; the others bear none.
struct Row {
  int32_t score;
  std::vector<Key> keys;
  ClassIs needs;
};

struct Table {
  std::vector<Key> keys;  // all that the family looks at
  Key classKey;
  std::vector<Row> rows;
};

const Table kDevices = {{"idVendor", "idProduct", "bcdDevice", "bDeviceClass", "bDeviceSubClass", "bDeviceProtocol"},
                        "bDeviceClass",
                        {{100000, {"idVendor", "idProduct", "bcdDevice"}, ClassIs::Any},
                         {90000, {"idVendor", "idProduct"}, ClassIs::Any},
                         {80000, {"idVendor", "bDeviceSubClass", "bDeviceProtocol"}, ClassIs::Vendor},
                         {70000, {"idVendor", "bDeviceSubClass"}, ClassIs::Vendor},
                         {60000, {"bDeviceClass", "bDeviceSubClass", "bDeviceProtocol"}, ClassIs::NotVendor},
                         {50000, {"bDeviceClass", "bDeviceSubClass"}, ClassIs::NotVendor}}};

const Table kInterfaces = {
    {"idVendor", "idProduct", "bcdDevice", "bInterfaceNumber", "bConfigurationValue", "bInterfaceClass",
     "bInterfaceSubClass", "bInterfaceProtocol"},
    "bInterfaceClass",
    {{100000, {"idVendor", "idProduct", "bInterfaceNumber", "bConfigurationValue", "bcdDevice"}, ClassIs::Any},
     {90000, {"idVendor", "idProduct", "bInterfaceNumber", "bConfigurationValue"}, ClassIs::Any},
     {80000, {"idVendor", "bInterfaceSubClass", "bInterfaceProtocol"}, ClassIs::Vendor},
     {70000, {"idVendor", "bInterfaceSubClass"}, ClassIs::Vendor},
     {60000, {"bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol"}, ClassIs::NotVendor},
     {50000, {"bInterfaceClass", "bInterfaceSubClass"}, ClassIs::NotVendor}}};

constexpr uint64_t kVendorSpecific = 0xff;
constexpr int32_t kWildcardCost = 1000, kMaskCost = 500;

bool isPresent(const Dictionary & personality, Key key) {
  return find(personality, key) || (key == "idProduct" && find(personality, "idProductArray"));
}

// What fitting `key` costs; nothing when it does not fit. "*" fits everything; idProductArray and idProductMask widen
// idProduct.
std::optional<int32_t> costOf(const Dictionary & properties, const Dictionary & personality, Key key) {
  auto * actual = find<Number>(properties, key);
  if (!actual) return std::nullopt;
  auto * choices = key == "idProduct" ? find<Array>(personality, "idProductArray") : nullptr;
  if (choices && std::find(choices->begin(), choices->end(), Value(*actual)) != choices->end()) return 0;
  auto * wanted = find(personality, key);
  auto * word = wanted ? wanted->as<std::string>() : nullptr;
  if (word && *word == "*") return kWildcardCost;
  auto * number = wanted ? wanted->as<Number>() : nullptr;
  if (!number) return std::nullopt;
  if (*number == *actual) return 0;
  auto * mask = key == "idProduct" ? find<Number>(personality, "idProductMask") : nullptr;
  if (mask && (number->value & mask->value) == (actual->value & mask->value)) return kMaskCost;
  return std::nullopt;
}

bool bears(const Row & row, const Table & table, Key key) {
  bool named = std::find(row.keys.begin(), row.keys.end(), key) != row.keys.end();
  // The class itself may be said where it has to be the vendor's.
  return named || row.needs == ClassIs::Any || (row.needs == ClassIs::Vendor && key == table.classKey);
}

std::optional<int32_t> scoreOf(const Row & row, const Table & table, const Dictionary & properties,
                               const Dictionary & personality) {
  for (auto key : row.keys)
    if (!isPresent(personality, key)) return std::nullopt;
  auto * actualClass = find<Number>(properties, table.classKey);
  bool isVendors = actualClass && actualClass->value == kVendorSpecific;
  if (row.needs != ClassIs::Any && isVendors != (row.needs == ClassIs::Vendor)) return std::nullopt;
  int32_t score = row.score;
  for (auto key : table.keys) {
    if (!isPresent(personality, key)) continue;
    auto cost = bears(row, table, key) ? costOf(properties, personality, key) : std::nullopt;
    if (!cost) return std::nullopt;
    score -= *cost;
  }
  return score;
}

std::optional<int32_t> bestOf(const Table & table, const Dictionary & properties, const Dictionary & personality) {
  for (auto & row : table.rows)
    if (auto score = scoreOf(row, table, properties, personality)) return score;
  return std::nullopt;
}

}  // namespace

std::optional<int32_t> usbDeviceScore(const Dictionary & properties, const Dictionary & personality) {
  // A device personality that carries an interface's keys matches nothing.
  for (auto key :
       {"bInterfaceNumber", "bConfigurationValue", "bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol"})
    if (find(personality, key)) return std::nullopt;
  return bestOf(kDevices, properties, personality);
}

std::optional<int32_t> usbInterfaceScore(const Dictionary & properties, const Dictionary & personality) {
  return bestOf(kInterfaces, properties, personality);
}

}  // namespace multiport::kernel
