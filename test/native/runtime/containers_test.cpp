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

TEST_CASE("an iteration goes on while its block returns true") {
  Owned array(OSArray::withCapacity(3));
  for (uint64_t i = 0; i < 3; i++) OSArraySetUInt64Value(array.get(), kOSArrayAppend, i);
  __block uint64_t seen = 0;
  CHECK(array->iterateObjects(^bool(OSObject *) {
    seen++;
    return true;
  }));
  CHECK(seen == 3);
  CHECK_FALSE(array->iterateObjects(^bool(OSObject *) {
    seen++;
    return false;
  }));
  CHECK(seen == 4);

  Owned dictionary(OSDictionary::withCapacity(2));
  OSDictionarySetUInt64Value(dictionary.get(), "a", 1);
  OSDictionarySetUInt64Value(dictionary.get(), "b", 2);
  CHECK_FALSE(dictionary->iterateObjects(^bool(OSObject * key, OSObject * value) {
    CHECK(OSDynamicCast(OSString, key)->isEqualTo("a"));
    return OSDynamicCast(OSNumber, value)->unsigned8BitValue() > 1;
  }));
  uint64_t sum = 0;
  CHECK(dictionary->iterateObjects(&sum, [](void * refcon, OSObject *, OSObject * value) {
    *static_cast<uint64_t *>(refcon) += OSDynamicCast(OSNumber, value)->unsigned64BitValue();
    return true;
  }));
  CHECK(sum == 3);
  __block std::string keys;
  dictionary->iterateObjects(^bool(OSObject * key) {
    keys += OSDynamicCast(OSString, key)->getCStringNoCopy();
    return true;
  });
  CHECK(keys == "ab");
}

TEST_CASE("the plain functions stop where their block returns true, unlike the methods") {
  Owned array(OSArrayCreate());
  OSArraySetStringValue(array.get(), kOSArrayAppend, "one");
  OSArraySetStringValue(array.get(), 0, "none");
  __block int seen = 0;
  OSArrayApply(array.get(), ^bool(OSObjectPtr) {
    seen++;
    return true;
  });
  CHECK(seen == 1);
  CHECK(std::string(OSArrayGetStringValue(array.get(), 0)) == "none");
  CHECK(OSArrayGetUInt64Value(array.get(), 0) == 0);
  CHECK(OSArrayGetValue(array.get(), 1ull << 32) == nullptr);

  Owned dictionary(OSDictionaryCreate());
  OSDictionarySetValue(dictionary.get(), "list", array.get());
  OSDictionarySetStringValue(dictionary.get(), "name", "x");
  CHECK(OSDictionaryGetCount(dictionary.get()) == 2);
  CHECK(OSCollectionTypeID(OSDictionaryGetValue(dictionary.get(), "list")) == kOSCollectionTypeArray);
  CHECK(std::string(OSCollectionTypeName(kOSCollectionTypeData)) == "OSData");
  CHECK(OSDictionaryGetStringValue(dictionary.get(), "list") == nullptr);
  __block std::string first;
  OSDictionaryApply(dictionary.get(), ^bool(const char * key, OSObjectPtr) {
    first = key;
    return true;
  });
  CHECK(first == "list");

  Owned data(OSDataCreate("abcd", 4));
  char bytes[8] = {};
  CHECK(OSDataGetBytes(data.get(), bytes, 2, sizeof bytes) == 2);
  CHECK(std::string(bytes) == "cd");
  CHECK(OSDataGetBytes(data.get(), bytes, 9, 1) == 0);
}

TEST_CASE("collections are made of others, searched and compared") {
  Owned one(OSString::withCString("one")), two(OSString::withCString("two"));
  const OSObject * values[] = {one.get(), two.get()};
  Owned array(OSArray::withObjects(values, 2));
  Owned copy(OSArray::withArray(array.get()));
  CHECK(copy->isEqualTo(array.get()));
  CHECK(copy->getLastObject() == two.get());
  CHECK(copy->getNextIndexOfObject(two.get(), 0) == 1);
  CHECK(copy->getNextIndexOfObject(one.get(), 1) == ~0u);
  CHECK(copy->replaceObject(1, one.get()));
  CHECK_FALSE(copy->replaceObject(2, one.get()));
  CHECK_FALSE(copy->isEqualTo(array.get()));

  Owned dictionary(OSDictionary::withObjects(values, values, 2));
  Owned other(OSDictionary::withDictionary(dictionary.get()));
  other->setObject("two", one.get());
  CHECK_FALSE(other->isEqualTo(dictionary.get()));
  copy->replaceObject(1, one.get());
  CHECK(other->isEqualTo(dictionary.get(), copy.get()));
  CHECK_FALSE(other->isEqualTo(dictionary.get(), array.get()));
  other->removeObject(static_cast<OSObject *>(one.get()));
  CHECK(other->getObject(static_cast<OSObject *>(one.get())) == nullptr);

  Owned bytes(OSData::withBytes("one", 3));
  CHECK(bytes->isEqualTo(one.get()));
  CHECK(one->isEqualTo(bytes.get()));
  Owned part(OSData::withData(bytes.get(), 1, 2));
  CHECK(part->isEqualTo("ne", 2));
  CHECK(OSData::withData(bytes.get(), 2, 2) == nullptr);
}
