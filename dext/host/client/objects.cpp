#include "host/client/objects.h"

#include "host/wire/build_container.h"

namespace multiport::client {

namespace {

using Type = CfObject::Type;
using wire::ContainerReader;
using wire::ContainerWriter;

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

CfRef makeText(Type type, std::string_view text) {
  auto object = make(type);
  object->text = text;
  return object;
}

CfRef makeNumber(Type type, uint64_t value, uint8_t bits) {
  auto object = make(type);
  object->number = value;
  object->bits = bits;
  return object;
}

struct Build {
  using Value = CfRef;
  static CfRef boolean(bool value) { return makeNumber(Type::Boolean, value, 1); }
  static CfRef number(ContainerReader::Number number) { return makeNumber(Type::Number, number.value, number.bits); }
  static CfRef string(std::string_view text) { return makeText(Type::String, text); }
  static CfRef data(std::string_view bytes) { return makeText(Type::Data, bytes); }
  static CfRef array(std::vector<CfRef> members) {
    auto array = make(Type::Array);
    for (auto & each : members) array->members.push_back(each.take());
    return array;
  }
  static CfRef dictionary(std::vector<std::pair<std::string_view, CfRef>> entries) {
    std::vector<std::pair<std::string, CfObject *>> taken;
    for (auto & [key, value] : entries) taken.emplace_back(key, value.take());
    return makeDictionary(std::move(taken));
  }
};

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

CfRef decodeObject(std::span<const uint8_t> bytes) { return wire::buildContainer<Build>(bytes); }

}  // namespace multiport::client
