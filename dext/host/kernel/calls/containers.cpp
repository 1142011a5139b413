#include "host/kernel/calls/containers.h"

#include "host/wire/container.h"

namespace multiport::kernel {

namespace {

using wire::ContainerReader;
using wire::ContainerWriter;
using wire::Tag;

void write(ContainerWriter & writer, const Value & value);

struct Write {
  ContainerWriter & writer;
  void operator()(bool value) { writer.boolean(value); }
  void operator()(const Number & value) { writer.number(value.value, static_cast<uint8_t>(value.bits)); }
  void operator()(const std::string & value) { writer.string(value); }
  void operator()(const Data & value) { writer.data(value); }
  void operator()(const Array & value) {
    writer.array(static_cast<uint32_t>(value.size()));
    for (auto & each : value) write(writer, each);
  }
  void operator()(const Dictionary & value) {
    writer.dictionary(static_cast<uint32_t>(value.size()));
    for (auto & [key, each] : value) {
      writer.key(key);
      write(writer, each);
    }
  }
};

void write(ContainerWriter & writer, const Value & value) { std::visit(Write{writer}, value.held); }

std::optional<Value> read(ContainerReader & reader, unsigned depth);

std::optional<Value> readArray(ContainerReader & reader, unsigned depth) {
  auto count = reader.arrayCount();
  if (!count) return std::nullopt;
  Array array;
  for (uint32_t i = 0; i < *count; i++) {
    auto value = read(reader, depth);
    if (!value) return std::nullopt;
    array.push_back(std::move(*value));
  }
  return array;
}

std::optional<Value> readDictionary(ContainerReader & reader, unsigned depth) {
  auto count = reader.dictionaryCount();
  if (!count) return std::nullopt;
  Dictionary dictionary;
  for (uint32_t i = 0; i < *count; i++) {
    auto key = reader.text();
    auto value = key ? read(reader, depth) : std::nullopt;
    if (!value) return std::nullopt;
    dictionary[std::string(*key)] = std::move(*value);
  }
  return dictionary;
}

std::optional<Value> readNumber(ContainerReader & reader) {
  auto number = reader.number();
  return number ? std::optional<Value>(Number{number->value, number->bits}) : std::nullopt;
}

std::optional<Value> read(ContainerReader & reader, unsigned depth) {
  auto tag = reader.tag();
  if (!tag || depth == wire::kMaxDepth) return std::nullopt;
  switch (*tag) {
    case Tag::True:
      return Value(true);
    case Tag::False:
      return Value(false);
    case Tag::Number:
      return readNumber(reader);
    case Tag::String: {
      auto text = reader.text();
      return text ? std::optional<Value>(std::string(*text)) : std::nullopt;
    }
    case Tag::Data: {
      auto bytes = reader.text();
      return bytes ? std::optional<Value>(Data(bytes->begin(), bytes->end())) : std::nullopt;
    }
    case Tag::Array:
      return readArray(reader, depth + 1);
    case Tag::Dictionary:
      return readDictionary(reader, depth + 1);
  }
  return std::nullopt;
}

}  // namespace

std::vector<uint8_t> encodeContainer(const Value & value) {
  std::vector<uint8_t> bytes;
  ContainerWriter writer(bytes);
  write(writer, value);
  return bytes;
}

std::optional<Value> decodeContainer(std::span<const uint8_t> bytes) {
  ContainerReader reader(bytes);
  auto value = read(reader, 0);
  return reader.atEnd() ? value : std::nullopt;
}

}  // namespace multiport::kernel
