#include "host/runtime/containers/wire.h"

#include <DriverKit/OSCollections.h>

#include <string>

#include "host/runtime/objects/owned.h"
#include "host/wire/container.h"

namespace multiport::runtime {

namespace {

using wire::ContainerReader;
using wire::ContainerWriter;
using wire::Tag;

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

using Container = Owned<OSObject>;

Container read(ContainerReader & reader, unsigned depth);

Container readArray(ContainerReader & reader, unsigned depth) {
  auto count = reader.arrayCount();
  if (!count) return {};
  Owned array(OSArray::withCapacity(*count));
  for (uint32_t i = 0; i < *count; i++) {
    auto member = read(reader, depth);
    if (!member) return {};
    array->setObject(member.get());
  }
  return array;
}

Container readDictionary(ContainerReader & reader, unsigned depth) {
  auto count = reader.dictionaryCount();
  if (!count) return {};
  Owned dictionary(OSDictionary::withCapacity(*count));
  for (uint32_t i = 0; i < *count; i++) {
    auto key = reader.text();
    auto member = key ? read(reader, depth) : Container();
    if (!member) return {};
    dictionary->setObject(std::string(*key).c_str(), member.get());
  }
  return dictionary;
}

Container readText(ContainerReader & reader, Tag tag) {
  auto text = reader.text();
  if (!text) return {};
  if (tag == Tag::Data) return Container(OSData::withBytes(text->data(), text->size()));
  return Container(OSString::withCString(text->data(), text->size()));
}

Container readNumber(ContainerReader & reader) {
  auto number = reader.number();
  return Container(number ? OSNumber::withNumber(number->value, number->bits) : nullptr);
}

Container read(ContainerReader & reader, unsigned depth) {
  auto tag = reader.tag();
  if (!tag || depth == wire::kMaxDepth) return {};
  switch (*tag) {
    case Tag::True:
      return Container(kOSBooleanTrue);
    case Tag::False:
      return Container(kOSBooleanFalse);
    case Tag::Number:
      return readNumber(reader);
    case Tag::String:
    case Tag::Data:
      return readText(reader, *tag);
    case Tag::Array:
      return readArray(reader, depth + 1);
    case Tag::Dictionary:
      return readDictionary(reader, depth + 1);
  }
  return {};
}

}  // namespace

bool encodeContainer(const OSObject * container, std::vector<uint8_t> & bytes) {
  ContainerWriter writer(bytes);
  return write(writer, container, 0);
}

OSObject * decodeContainer(std::span<const uint8_t> bytes) {
  ContainerReader reader(bytes);
  auto container = read(reader, 0);
  return reader.atEnd() ? container.take() : nullptr;
}

}  // namespace multiport::runtime
