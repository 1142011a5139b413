#include "host/client/objects.h"

#include "host/wire/container.h"

namespace multiport::client {

namespace {

using Type = CfObject::Type;
using wire::ContainerReader;
using wire::ContainerWriter;
using wire::Tag;

void release(CfObject * object) {
  if (object && object->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete object;
}

void write(ContainerWriter & writer, const CfObject & object) {
  switch (object.type) {
    case Type::String:
      return writer.string(object.text);
    case Type::Data:
      return writer.data({reinterpret_cast<const uint8_t *>(object.text.data()), object.text.size()});
    case Type::Boolean:
      return writer.boolean(object.number != 0);
    case Type::Number:
      return writer.number(object.number, object.bits);
    case Type::Array:
      writer.array(static_cast<uint32_t>(object.members.size()));
      for (auto * each : object.members) write(writer, *each);
      return;
    case Type::Dictionary:
      writer.dictionary(static_cast<uint32_t>(object.entries.size()));
      for (auto & [key, value] : object.entries) {
        writer.key(key);
        write(writer, *value);
      }
  }
}

CfRef make(Type type) { return CfRef(new CfObject(type)); }

CfRef makeText(Type type, std::optional<std::string_view> text) {
  if (!text) return {};
  auto object = make(type);
  object->text = *text;
  return object;
}

CfRef makeNumber(Type type, uint64_t value, uint8_t bits) {
  auto object = make(type);
  object->number = value;
  object->bits = bits;
  return object;
}

CfRef read(ContainerReader & reader, unsigned depth);

CfRef readArray(ContainerReader & reader, unsigned depth) {
  auto count = reader.arrayCount();
  if (!count) return {};
  auto array = make(Type::Array);
  for (uint32_t i = 0; i < *count; i++) {
    auto member = read(reader, depth);
    if (!member) return {};
    array->members.push_back(member.take());
  }
  return array;
}

CfRef readDictionary(ContainerReader & reader, unsigned depth) {
  auto count = reader.dictionaryCount();
  if (!count) return {};
  std::vector<std::pair<std::string, CfObject *>> entries;
  bool isGood = true;
  for (uint32_t i = 0; i < *count && isGood; i++) {
    auto key = reader.text();
    auto value = key ? read(reader, depth) : CfRef();
    isGood = static_cast<bool>(value);
    if (isGood) entries.emplace_back(*key, value.take());
  }
  auto dictionary = makeDictionary(std::move(entries));
  return isGood ? std::move(dictionary) : CfRef();
}

CfRef read(ContainerReader & reader, unsigned depth) {
  auto tag = reader.tag();
  if (!tag || depth == wire::kMaxDepth) return {};
  switch (*tag) {
    case Tag::True:
    case Tag::False:
      return makeNumber(Type::Boolean, *tag == Tag::True, 1);
    case Tag::Number: {
      auto number = reader.number();
      return number ? makeNumber(Type::Number, number->value, number->bits) : CfRef();
    }
    case Tag::String:
      return makeText(Type::String, reader.text());
    case Tag::Data:
      return makeText(Type::Data, reader.text());
    case Tag::Array:
      return readArray(reader, depth + 1);
    case Tag::Dictionary:
      return readDictionary(reader, depth + 1);
  }
  return {};
}

}  // namespace

CfObject::~CfObject() {
  for (auto & [key, value] : entries) release(value);
  for (auto * key : keys) release(key);
  for (auto * member : members) release(member);
}

CfRef CfRef::retained(CfObject * object) {
  if (object) object->references.fetch_add(1, std::memory_order_relaxed);
  return CfRef(object);
}

CfRef::~CfRef() { release(object_); }

CfRef makeString(std::string text) { return makeText(Type::String, text); }

CfRef makeDictionary(std::vector<std::pair<std::string, CfObject *>> entries) {
  auto dictionary = make(Type::Dictionary);
  for (auto & [key, value] : entries) dictionary->keys.push_back(makeString(key).take());
  dictionary->entries = std::move(entries);
  return dictionary;
}

CfObject * objectOf(CFTypeRef reference, CfObject::Type type) {
  auto * object = static_cast<CfObject *>(const_cast<void *>(reference));
  return object && object->type == type ? object : nullptr;
}

CfObject * valueOf(const CfObject & dictionary, const std::string & key) {
  for (auto & [name, value] : dictionary.entries)
    if (name == key) return value;
  return nullptr;
}

std::vector<uint8_t> encodeObject(const CfObject & object) {
  std::vector<uint8_t> bytes;
  ContainerWriter writer(bytes);
  write(writer, object);
  return bytes;
}

CfRef decodeObject(std::span<const uint8_t> bytes) {
  ContainerReader reader(bytes);
  auto object = read(reader, 0);
  return reader.atEnd() ? std::move(object) : CfRef();
}

}  // namespace multiport::client
