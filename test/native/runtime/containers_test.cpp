// containers_test.cpp — containers and their bytes.

#include <doctest/doctest.h>
#include <DriverKit/OSCollections.h>

#include <random>

#include "host/runtime/containers/wire.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/objects/owned.h"
#include "host/wire/container.h"

using namespace multiport::runtime;
namespace wire = multiport::wire;

namespace {

Owned<OSObject> everything() {
  Owned dictionary(OSDictionary::withCapacity(4));
  OSDictionarySetStringValue(dictionary.get(), "name", "port 3");
  OSDictionarySetUInt64Value(dictionary.get(), "big", ~0ull);
  Owned number(OSNumber::withNumber(0x1234, 8));
  dictionary->setObject("small", number.get());
  dictionary->setObject("yes", kOSBooleanTrue);
  Owned array(OSArray::withCapacity(2));
  array->setObject(kOSBooleanFalse);
  Owned data(OSData::withBytes("\0\1\2", 3));
  array->setObject(data.get());
  Owned empty(OSData::withCapacity(0));
  array->setObject(empty.get());
  dictionary->setObject("list", array.get());
  return dictionary;
}

std::vector<uint8_t> bytesOf(const OSObject * container) {
  std::vector<uint8_t> bytes;
  REQUIRE(encodeContainer(container, bytes));
  return bytes;
}

}  // namespace

TEST_CASE("a container is the same after its journey") {
  auto sent = everything();
  Owned received(decodeContainer(bytesOf(sent.get())));
  REQUIRE(received);
  CHECK(received->isEqualTo(sent.get()));
  auto * dictionary = OSDynamicCast(OSDictionary, received.get());
  auto * small = OSDynamicCast(OSNumber, dictionary->getObject("small"));
  CHECK(small->numberOfBits() == 8);
  CHECK(small->unsigned64BitValue() == 0x34);
}

TEST_CASE("bytes cut short anywhere, or with something behind them, are no container") {
  auto bytes = bytesOf(everything().get());
  for (size_t size = 0; size < bytes.size(); size++) {
    CAPTURE(size);
    CHECK(decodeContainer(std::span(bytes).first(size)) == nullptr);
  }
  bytes.push_back(0);
  CHECK(decodeContainer(bytes) == nullptr);
}

TEST_CASE("a count that the bytes cannot hold is refused before anything is made") {
  std::vector<uint8_t> bytes;
  wire::ContainerWriter(bytes).array(0xffffffff);
  CHECK(decodeContainer(bytes) == nullptr);
}

TEST_CASE("nesting is limited in both directions") {
  std::vector<uint8_t> bytes;
  wire::ContainerWriter writer(bytes);
  for (unsigned i = 0; i < wire::kMaxDepth; i++) writer.array(1);
  writer.boolean(true);
  CHECK(decodeContainer(bytes) == nullptr);

  Owned<OSObject> nested(OSArray::withCapacity(1));
  for (unsigned i = 0; i < wire::kMaxDepth; i++) {
    Owned array(OSArray::withCapacity(1));
    array->setObject(nested.get());
    nested = std::move(array);
  }
  std::vector<uint8_t> room;
  CHECK_FALSE(encodeContainer(nested.get(), room));
}

TEST_CASE("what is no container cannot travel by value") {
  Owned array(OSArray::withCapacity(1));
  Owned object(OSTypeAlloc(OSObject));
  array->setObject(object.get());
  std::vector<uint8_t> bytes;
  CHECK_FALSE(encodeContainer(array.get(), bytes));
}

TEST_CASE("damaged bytes give a container or none, and nothing worse") {
  auto good = bytesOf(everything().get());
  std::mt19937 random(1);
  for (int round = 0; round < 5'000; round++) {
    auto bytes = good;
    for (int i = 0; i < 3; i++) bytes[random() % bytes.size()] = static_cast<uint8_t>(random());
    Owned container(decodeContainer(bytes));
    if (container) CHECK_FALSE(bytesOf(container.get()).empty());
  }
}

TEST_CASE("collections keep their members and let them go") {
  auto * text = OSString::withCString("text");
  auto * array = OSArray::withCapacity(1);
  array->setObject(text);
  array->setObject(0u, kOSBooleanTrue);
  CHECK(headerOf(text).references.load() == 2);
  CHECK(array->getObject(1) == text);
  CHECK(array->getObject(2) == nullptr);
  array->removeObject(1);
  CHECK(headerOf(text).references.load() == 1);
  array->release();
  auto * dictionary = OSDictionary::withCapacity(1);
  dictionary->setObject("key", text);
  dictionary->setObject("key", text);
  CHECK(headerOf(text).references.load() == 2);
  dictionary->release();
  text->release();
}

TEST_CASE("data gives only what lies wholly inside") {
  Owned data(OSData::withBytes("abcd", 4));
  CHECK(data->getBytesNoCopy(1, 3) != nullptr);
  CHECK(data->getBytesNoCopy(1, 4) == nullptr);
  CHECK(data->getBytesNoCopy(~size_t{0}, 2) == nullptr);
  CHECK(data->isEqualTo("abcd", 4));
}
