#include "host/runtime/containers/wire.h"

#include <DriverKit/OSCollections.h>

#include <string>

#include "host/runtime/objects/owned.h"
#include "host/wire/build_container.h"

namespace multiport::runtime {

namespace {

using wire::ContainerReader;
using wire::ContainerWriter;

bool write(ContainerWriter & writer, const OSObject * object, unsigned depth);

bool writeArray(ContainerWriter & writer, const OSArray & array, unsigned depth) {
  writer.array(array.getCount());
  for (uint32_t i = 0; i < array.getCount(); i++)
    if (!write(writer, array.getObject(i), depth)) return false;
  return true;
}

bool writeDictionary(ContainerWriter & writer, const OSDictionary & dictionary, unsigned depth) {
  writer.dictionary(dictionary.getCount());
  auto * out = &writer;
  return dictionary.iterateObjects(^bool(OSObject * key, OSObject * object) {
    out->key(static_cast<OSString *>(key)->getCStringNoCopy());
    return write(*out, object, depth);
  });
}

bool write(ContainerWriter & writer, const OSObject * object, unsigned depth) {
  if (depth == wire::kMaxDepth) return false;
  if (auto * text = OSDynamicCast(OSString, object)) {
    writer.string({text->getCStringNoCopy(), text->getLength()});
  } else if (auto * number = OSDynamicCast(OSNumber, object)) {
    writer.number(number->unsigned64BitValue(), static_cast<uint8_t>(number->numberOfBits()));
  } else if (auto * boolean = OSDynamicCast(OSBoolean, object)) {
    writer.boolean(boolean->getValue());
  } else if (auto * data = OSDynamicCast(OSData, object)) {
    writer.data({static_cast<const uint8_t *>(data->getBytesNoCopy()), data->getLength()});
  } else if (auto * array = OSDynamicCast(OSArray, object)) {
    return writeArray(writer, *array, depth + 1);
  } else if (auto * dictionary = OSDynamicCast(OSDictionary, object)) {
    return writeDictionary(writer, *dictionary, depth + 1);
  } else {
    return false;
  }
  return true;
}

struct Build {
  using Value = Owned<OSObject>;
  static Value boolean(bool value) { return Value(value ? kOSBooleanTrue : kOSBooleanFalse); }
  static Value number(ContainerReader::Number number) { return Value(OSNumber::withNumber(number.value, number.bits)); }
  static Value string(std::string_view text) { return Value(OSString::withCString(text.data(), text.size())); }
  static Value data(std::string_view bytes) { return Value(OSData::withBytes(bytes.data(), bytes.size())); }
  static Value array(std::vector<Value> members) {
    Owned array(OSArray::withCapacity(static_cast<uint32_t>(members.size())));
    for (auto & each : members) array->setObject(each.get());
    return array;
  }
  static Value dictionary(std::vector<std::pair<std::string_view, Value>> entries) {
    Owned dictionary(OSDictionary::withCapacity(static_cast<uint32_t>(entries.size())));
    for (auto & [key, value] : entries) dictionary->setObject(std::string(key).c_str(), value.get());
    return dictionary;
  }
};

}  // namespace

bool encodeContainer(const OSObject * container, std::vector<uint8_t> & bytes) {
  ContainerWriter writer(bytes);
  return write(writer, container, 0);
}

OSObject * decodeContainer(std::span<const uint8_t> bytes) { return wire::buildContainer<Build>(bytes).take(); }

}  // namespace multiport::runtime
