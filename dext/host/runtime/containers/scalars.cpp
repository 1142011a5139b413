// scalars.cpp — OSString, OSNumber, OSBoolean, OSData.

#include <DriverKit/OSCollections.h>

#include <cstring>
#include <string>
#include <vector>

#include "host/runtime/containers/container_class.h"

using namespace multiport::runtime;

OSMetaClass * gOSContainerMetaClass = ContainerClass<OSContainer>::registered("OSContainer", "OSObject");
OSMetaClass * gOSCollectionMetaClass = ContainerClass<OSCollection>::registered("OSCollection", "OSContainer");
OSMetaClass * gOSStringMetaClass = ContainerClass<OSString>::registered("OSString", "OSContainer");
OSMetaClass * gOSNumberMetaClass = ContainerClass<OSNumber>::registered("OSNumber", "OSContainer");
OSMetaClass * gOSBooleanMetaClass = ContainerClass<OSBoolean>::registered("OSBoolean", "OSContainer");
OSMetaClass * gOSDataMetaClass = ContainerClass<OSData>::registered("OSData", "OSContainer");

// --- OSString -----------------------------------------------------------------------------------------------------

struct OSString_IVars {
  std::string text;
};

OSString * OSString::withCString(const char * text) {
  return text ? makeContainer<OSString>(gOSStringMetaClass, new OSString_IVars{text}) : nullptr;
}

OSString * OSString::withCString(const char * text, size_t length) {
  if (!text) return nullptr;
  return makeContainer<OSString>(gOSStringMetaClass, new OSString_IVars{std::string(text, strnlen(text, length))});
}

OSString * OSString::withCStringNoCopy(const char * text) { return withCString(text); }

OSString * OSString::withString(const OSString * other) {
  return other ? makeContainer<OSString>(gOSStringMetaClass, new OSString_IVars{other->ivars->text}) : nullptr;
}

const char * OSString::getCStringNoCopy() const { return ivars->text.c_str(); }

size_t OSString::getLength() const { return ivars->text.size(); }

bool OSString::isEqualTo(const char * text) const { return text && ivars->text == text; }

bool OSString::isEqualTo(const OSString * other) const { return other && ivars->text == other->ivars->text; }

bool OSString::isEqualTo(const OSData * other) const { return other && other->isEqualTo(this); }

bool OSString::isEqualTo(const OSMetaClassBase * other) const { return isEqualTo(OSDynamicCast(OSString, other)); }

void OSString::free() {
  delete ivars;
  super::free();
}

// --- OSNumber -----------------------------------------------------------------------------------------------------

struct OSNumber_IVars {
  uint64_t value;
  uint32_t bits;

  uint64_t mask() const { return bits == 64 ? ~0ull : (1ull << bits) - 1; }
};

OSNumber * OSNumber::withNumber(uint64_t value, size_t bits) {
  if (bits == 0 || bits > 64) return nullptr;
  auto * number = new OSNumber_IVars{value, static_cast<uint32_t>(bits)};
  number->value &= number->mask();
  return makeContainer<OSNumber>(gOSNumberMetaClass, number);
}

uint8_t OSNumber::unsigned8BitValue() const { return static_cast<uint8_t>(ivars->value); }
uint16_t OSNumber::unsigned16BitValue() const { return static_cast<uint16_t>(ivars->value); }
uint32_t OSNumber::unsigned32BitValue() const { return static_cast<uint32_t>(ivars->value); }
uint64_t OSNumber::unsigned64BitValue() const { return ivars->value; }
uint32_t OSNumber::numberOfBits() const { return ivars->bits; }
uint32_t OSNumber::numberOfBytes() const { return (ivars->bits + 7) / 8; }
void OSNumber::setValue(uint64_t value) { ivars->value = value & ivars->mask(); }
void OSNumber::addValue(int64_t delta) { setValue(ivars->value + static_cast<uint64_t>(delta)); }

bool OSNumber::isEqualTo(const OSNumber * other) const { return other && other->ivars->value == ivars->value; }

bool OSNumber::isEqualTo(const OSMetaClassBase * other) const { return isEqualTo(OSDynamicCast(OSNumber, other)); }

void OSNumber::free() {
  delete ivars;
  super::free();
}

// --- OSBoolean ----------------------------------------------------------------------------------------------------

OSBoolean * const kOSBooleanTrue = static_cast<OSBoolean *>(gOSBooleanMetaClass->allocate());
OSBoolean * const kOSBooleanFalse = static_cast<OSBoolean *>(gOSBooleanMetaClass->allocate());

OSBoolean * OSBoolean::withBoolean(bool value) { return value ? kOSBooleanTrue : kOSBooleanFalse; }

bool OSBoolean::getValue() const { return this == kOSBooleanTrue; }

// --- OSData -------------------------------------------------------------------------------------------------------

struct OSData_IVars {
  std::vector<uint8_t> bytes;
};

OSData * OSData::withCapacity(size_t capacity) {
  auto * data = new OSData_IVars;
  data->bytes.reserve(capacity);
  return makeContainer<OSData>(gOSDataMetaClass, data);
}

OSData * OSData::withBytes(const void * bytes, size_t length) {
  if (!bytes && length > 0) return nullptr;
  auto * data = withCapacity(length);
  data->appendBytes(bytes, length);
  return data;
}

OSData * OSData::withBytesNoCopy(const void * bytes, size_t length) { return withBytes(bytes, length); }

OSData * OSData::withData(const OSData * other) {
  return other ? withBytes(other->getBytesNoCopy(), other->getLength()) : nullptr;
}

OSData * OSData::withData(const OSData * other, size_t start, size_t length) {
  auto * bytes = other ? other->getBytesNoCopy(start, length) : nullptr;
  return bytes ? withBytes(bytes, length) : nullptr;
}

size_t OSData::getLength() const { return ivars->bytes.size(); }

size_t OSData::getCapacity() const { return ivars->bytes.capacity(); }

const void * OSData::getBytesNoCopy() const { return ivars->bytes.empty() ? nullptr : ivars->bytes.data(); }

const void * OSData::getBytesNoCopy(size_t start, size_t length) const {
  size_t size = ivars->bytes.size();
  return length > 0 && start <= size && length <= size - start ? ivars->bytes.data() + start : nullptr;
}

bool OSData::appendBytes(const void * bytes, size_t length) {
  auto * first = static_cast<const uint8_t *>(bytes);
  if (first) ivars->bytes.insert(ivars->bytes.end(), first, first + length);
  return first || length == 0;
}

bool OSData::appendBytes(const OSData * other) {
  return other && appendBytes(other->getBytesNoCopy(), other->getLength());
}

void OSData::clear() { ivars->bytes.clear(); }

bool OSData::isEqualTo(const void * bytes, size_t length) const {
  return ivars->bytes.size() == length && (length == 0 || std::memcmp(ivars->bytes.data(), bytes, length) == 0);
}

bool OSData::isEqualTo(const OSData * other) const { return other && other->ivars->bytes == ivars->bytes; }

bool OSData::isEqualTo(const OSString * other) const {
  return other && isEqualTo(other->getCStringNoCopy(), other->getLength());
}

bool OSData::isEqualTo(const OSMetaClassBase * other) const { return isEqualTo(OSDynamicCast(OSData, other)); }

void OSData::free() {
  delete ivars;
  super::free();
}
