// collections.cpp — OSArray and OSDictionary.

#include <DriverKit/IOLib.h>
#include <DriverKit/OSCollections.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "host/runtime/containers/container_class.h"

using namespace multiport::runtime;

OSMetaClass * gOSArrayMetaClass = ContainerClass<OSArray>::registered("OSArray", "OSCollection");
OSMetaClass * gOSDictionaryMetaClass = ContainerClass<OSDictionary>::registered("OSDictionary", "OSCollection");

namespace {

// One retained member.
class Member {
 public:
  Member() = default;
  explicit Member(const OSMetaClassBase * object)
      : object_(static_cast<OSObject *>(const_cast<OSMetaClassBase *>(object))) {
    object_->retain();
  }
  Member(Member && other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Member & operator=(Member && other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Member() {
    if (object_) object_->release();
  }
  OSObject * get() const { return object_; }

 private:
  OSObject * object_ = nullptr;
};

}  // namespace

// --- OSArray ------------------------------------------------------------------------------------------------------

struct OSArray_IVars {
  std::vector<Member> members;
};

OSArray * OSArray::withCapacity(uint32_t) { return makeContainer<OSArray>(gOSArrayMetaClass, new OSArray_IVars); }

unsigned int OSArray::getCount() const { return static_cast<unsigned int>(ivars->members.size()); }

OSObject * OSArray::getObject(uint32_t index) const {
  return index < ivars->members.size() ? ivars->members[index].get() : nullptr;
}

bool OSArray::setObject(const OSMetaClassBase * object) {
  if (object) ivars->members.emplace_back(object);
  return object != nullptr;
}

bool OSArray::setObject(uint32_t index, const OSMetaClassBase * object) {
  if (!object || index > ivars->members.size()) return false;
  ivars->members.insert(ivars->members.begin() + index, Member(object));
  return true;
}

void OSArray::replaceObject(uint32_t index, const OSMetaClassBase * object) {
  if (object && index < ivars->members.size()) ivars->members[index] = Member(object);
}

void OSArray::removeObject(uint32_t index) {
  if (index < ivars->members.size()) ivars->members.erase(ivars->members.begin() + index);
}

void OSArray::flushCollection() { ivars->members.clear(); }

bool OSArray::iterateObjects(bool (^block)(OSObject * object)) const {
  for (auto & member : ivars->members)
    if (block(member.get())) break;
  return true;
}

bool OSArray::isEqualTo(const OSMetaClassBase * other) const {
  auto * array = OSDynamicCast(OSArray, other);
  if (!array || array->getCount() != getCount()) return false;
  for (uint32_t i = 0; i < getCount(); i++)
    if (!getObject(i)->isEqualTo(array->getObject(i))) return false;
  return true;
}

void OSArray::free() {
  delete ivars;
  super::free();
}

// --- OSDictionary -------------------------------------------------------------------------------------------------

struct OSDictionary_IVars {
  std::map<std::string, Member, std::less<>> members;
};

OSDictionary * OSDictionary::withCapacity(uint32_t) {
  return makeContainer<OSDictionary>(gOSDictionaryMetaClass, new OSDictionary_IVars);
}

OSDictionary * OSDictionary::withDictionary(const OSDictionary * other, uint32_t) {
  if (!other) return nullptr;
  auto * dictionary = withCapacity(other->getCount());
  dictionary->merge(other);
  return dictionary;
}

unsigned int OSDictionary::getCount() const { return static_cast<unsigned int>(ivars->members.size()); }

OSObject * OSDictionary::getObject(const char * key) const {
  auto found = key ? ivars->members.find(key) : ivars->members.end();
  return found == ivars->members.end() ? nullptr : found->second.get();
}

OSObject * OSDictionary::getObject(const OSString * key) const {
  return key ? getObject(key->getCStringNoCopy()) : nullptr;
}

bool OSDictionary::setObject(const char * key, const OSMetaClassBase * object) {
  if (!key || !object) return false;
  ivars->members.insert_or_assign(key, Member(object));
  return true;
}

bool OSDictionary::setObject(const OSString * key, const OSMetaClassBase * object) {
  return key && setObject(key->getCStringNoCopy(), object);
}

bool OSDictionary::setObject(const OSObject * key, const OSMetaClassBase * object) {
  return setObject(OSDynamicCast(OSString, key), object);
}

void OSDictionary::removeObject(const char * key) {
  if (key) ivars->members.erase(key);
}

void OSDictionary::removeObject(const OSString * key) {
  if (key) removeObject(key->getCStringNoCopy());
}

void OSDictionary::flushCollection() { ivars->members.clear(); }

bool OSDictionary::merge(const OSDictionary * other) {
  if (!other) return false;
  for (auto & [key, member] : other->ivars->members) setObject(key.c_str(), member.get());
  return true;
}

bool OSDictionary::iterateObjects(bool (^block)(OSObject * key, OSObject * object)) const {
  for (auto & [key, member] : ivars->members) {
    auto * name = OSString::withCString(key.c_str());
    bool isEnough = block(name, member.get());
    name->release();
    if (isEnough) break;
  }
  return true;
}

bool OSDictionary::isEqualTo(const OSMetaClassBase * other) const {
  auto * dictionary = OSDynamicCast(OSDictionary, other);
  if (!dictionary || dictionary->getCount() != getCount()) return false;
  for (auto & [key, member] : ivars->members) {
    auto * theirs = dictionary->getObject(key.c_str());
    if (!theirs || !member.get()->isEqualTo(theirs)) return false;
  }
  return true;
}

void OSDictionary::free() {
  delete ivars;
  super::free();
}

bool OSDictionarySetUInt64Value(OSDictionary * dictionary, const char * key, uint64_t value) {
  auto * number = OSNumber::withNumber(value, 64);
  bool isSet = dictionary->setObject(key, number);
  number->release();
  return isSet;
}

bool OSDictionarySetStringValue(OSDictionary * dictionary, const char * key, const char * value) {
  auto * text = OSString::withCString(value);
  bool isSet = text && dictionary->setObject(key, text);
  OSSafeReleaseNULL(text);
  return isSet;
}

uint64_t OSDictionaryGetUInt64Value(const OSDictionary * dictionary, const char * key) {
  auto * number = OSDynamicCast(OSNumber, dictionary->getObject(key));
  return number ? number->unsigned64BitValue() : 0;
}
