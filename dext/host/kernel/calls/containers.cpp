#include "host/kernel/calls/containers.h"

#include "host/wire/build_container.h"

namespace multiport::kernel {

namespace {

using wire::ContainerReader;
using wire::ContainerWriter;

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

struct Build {
  using Value = std::optional<kernel::Value>;
  static Value boolean(bool value) { return kernel::Value(value); }
  static Value number(ContainerReader::Number number) { return kernel::Value(Number{number.value, number.bits}); }
  static Value string(std::string_view text) { return kernel::Value(std::string(text)); }
  static Value data(std::string_view bytes) { return kernel::Value(Data(bytes.begin(), bytes.end())); }
  static Value array(std::vector<Value> members) {
    Array array;
    for (auto & each : members) array.push_back(std::move(*each));
    return array;
  }
  static Value dictionary(std::vector<std::pair<std::string_view, Value>> entries) {
    Dictionary dictionary;
    for (auto & [key, value] : entries) dictionary[std::string(key)] = std::move(*value);
    return dictionary;
  }
};

}  // namespace

std::vector<uint8_t> encodeContainer(const Value & value) {
  std::vector<uint8_t> bytes;
  ContainerWriter writer(bytes);
  write(writer, value);
  return bytes;
}

std::optional<Value> decodeContainer(std::span<const uint8_t> bytes) { return wire::buildContainer<Build>(bytes); }

}  // namespace multiport::kernel
