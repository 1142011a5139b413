// collections_c.cpp — the containers as plain functions: OSDictionaryCreate and its kin.

#include <DriverKit/IOLib.h>
#include <DriverKit/OSCollections.h>

#include <algorithm>

#include "host/runtime/objects/owned.h"

using namespace multiport::runtime;

namespace {

struct Kind {
  OSMetaClass ** metaClass;
  OSCollectionType type;
  const char * name;
};

constexpr Kind kKinds[] = {
    {&gOSDictionaryMetaClass, kOSCollectionTypeDictionary, "OSDictionary"},
    {&gOSArrayMetaClass, kOSCollectionTypeArray, "OSArray"},
    {&gOSNumberMetaClass, kOSCollectionTypeNumber, "OSNumber"},
    {&gOSStringMetaClass, kOSCollectionTypeString, "OSString"},
    {&gOSDataMetaClass, kOSCollectionTypeData, "OSData"},
    {&gOSBooleanMetaClass, kOSCollectionTypeBoolean, "OSBoolean"},
};

uint64_t numberIn(const OSObject * object) {
  auto * number = OSDynamicCast(OSNumber, object);
  return number ? number->unsigned64BitValue() : 0;
}

const char * textIn(const OSObject * object) {
  auto * text = OSDynamicCast(OSString, object);
  return text ? text->getCStringNoCopy() : nullptr;
}

uint32_t shortIndex(size_t index) { return static_cast<uint32_t>(std::min<size_t>(index, UINT32_MAX)); }

}  // namespace

OSCollectionType OSCollectionTypeID(OSObjectPtr object) {
  for (auto & [metaClass, type, name] : kKinds)
    if (OSMetaClassBase::safeMetaCast(object, *metaClass)) return type;
  return 0;
}

const char * OSCollectionTypeName(OSCollectionType type) {
  auto * found = std::find_if(std::begin(kKinds), std::end(kKinds), [&](auto & kind) { return kind.type == type; });
  return found == std::end(kKinds) ? "" : found->name;
}

void OSObjectRetain(OSObjectPtr object) { object->retain(); }
void OSObjectRelease(OSObjectPtr object) { object->release(); }
void OSObjectLog(OSObjectPtr object) {
  IOLog("%s %p", object ? object->getMetaClass()->description().name : "null", static_cast<void *>(object));
}

OSStringPtr OSStringCreate(const char * text, size_t length) { return OSString::withCString(text, length); }
const char * OSStringGetStringPtr(OSStringPtr string) { return string->getCStringNoCopy(); }
size_t OSStringGetLength(OSStringPtr string) { return string->getLength(); }

OSDataPtr OSDataCreate(const void * bytes, size_t length) { return OSData::withBytes(bytes, length); }
size_t OSDataGetLength(OSDataPtr data) { return data->getLength(); }
const void * OSDataGetBytesPtr(OSDataPtr data, size_t offset, size_t length) {
  return data->getBytesNoCopy(offset, length);
}
size_t OSDataGetBytes(OSDataPtr data, void * buffer, size_t offset, size_t length) {
  length = offset < data->getLength() ? std::min(length, data->getLength() - offset) : 0;
  if (length > 0) memcpy(buffer, data->getBytesNoCopy(offset, length), length);
  return length;
}
bool OSDataAppendBytes(OSDataPtr data, const void * bytes, size_t length) { return data->appendBytes(bytes, length); }

OSNumberPtr OSNumberCreateWithUInt64Value(uint64_t value) { return OSNumber::withNumber(value, 64); }
uint64_t OSNumberGetUInt64Value(OSNumberPtr number) { return number->unsigned64BitValue(); }

OSDictionaryPtr OSDictionaryCreate(void) { return OSDictionary::withCapacity(0); }
uint32_t OSDictionaryGetCount(OSDictionaryPtr dictionary) { return dictionary->getCount(); }
bool OSDictionaryApply(OSDictionaryPtr dictionary, OSDictionaryApplier applier) {
  return dictionary->iterateObjects(^bool(OSObject * key, OSObject * value) {
    return !applier(textIn(key), value);
  });
}
bool OSDictionarySetValue(OSDictionaryPtr dictionary, const char * key, OSObjectPtr value) {
  return dictionary->setObject(key, value);
}
OSObjectPtr OSDictionaryGetValue(OSDictionaryPtr dictionary, const char * key) { return dictionary->getObject(key); }
void OSDictionarySetStringValue(OSDictionaryPtr dictionary, const char * key, const char * value) {
  Owned text(OSString::withCString(value));
  dictionary->setObject(key, text.get());
}
const char * OSDictionaryGetStringValue(OSDictionaryPtr dictionary, const char * key) {
  return textIn(dictionary->getObject(key));
}
void OSDictionarySetUInt64Value(OSDictionaryPtr dictionary, const char * key, uint64_t value) {
  Owned number(OSNumber::withNumber(value, 64));
  dictionary->setObject(key, number.get());
}
uint64_t OSDictionaryGetUInt64Value(OSDictionaryPtr dictionary, const char * key) {
  return numberIn(dictionary->getObject(key));
}

OSArrayPtr OSArrayCreate(void) { return OSArray::withCapacity(0); }
uint32_t OSArrayGetCount(OSArrayPtr array) { return array->getCount(); }
bool OSArrayApply(OSArrayPtr array, OSArrayApplier applier) {
  return array->iterateObjects(^bool(OSObject * value) {
    return !applier(value);
  });
}
bool OSArraySetValue(OSArrayPtr array, size_t index, OSObjectPtr value) {
  return index == kOSArrayAppend ? array->setObject(value) : array->setObject(shortIndex(index), value);
}
bool OSArrayReplaceValue(OSArrayPtr array, size_t index, OSObjectPtr value) {
  return array->replaceObject(shortIndex(index), value);
}
bool OSArrayAppendValue(OSArrayPtr array, OSObjectPtr value) { return array->setObject(value); }
OSObjectPtr OSArrayGetValue(OSArrayPtr array, size_t index) { return array->getObject(shortIndex(index)); }
void OSArraySetStringValue(OSArrayPtr array, size_t index, const char * value) {
  Owned text(OSString::withCString(value));
  OSArraySetValue(array, index, text.get());
}
const char * OSArrayGetStringValue(OSArrayPtr array, size_t index) { return textIn(OSArrayGetValue(array, index)); }
void OSArraySetUInt64Value(OSArrayPtr array, size_t index, uint64_t value) {
  Owned number(OSNumber::withNumber(value, 64));
  OSArraySetValue(array, index, number.get());
}
uint64_t OSArrayGetUInt64Value(OSArrayPtr array, size_t index) { return numberIn(OSArrayGetValue(array, index)); }
