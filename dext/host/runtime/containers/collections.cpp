// collections.cpp — OSArray and OSDictionary.

#include <DriverKit/IOLib.h>
#include <DriverKit/OSCollections.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "host/runtime/containers/container_class.h"

using namespace multiport::runtime;

OSMetaClass * gOSArrayMetaClass = ContainerClass<OSArray>::registered("OSArray", "OSCollection");
OSMetaClass * gOSDictionaryMetaClass = ContainerClass<OSDictionary>::registered("OSDictionary", "OSCollection");

namespace {

constexpr uint32_t kMaxReserved = 4096;

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

OSArray * OSArray::withCapacity(uint32_t capacity) {
  auto * array = makeContainer<OSArray>(gOSArrayMetaClass, new OSArray_IVars);
  array->ensureCapacity(capacity);
  return array;
}

OSArray * OSArray::withObjects(const OSObject ** values, uint32_t count, uint32_t capacity) {
  if (!values && count > 0) return nullptr;
  auto * array = withCapacity(std::max(count, capacity));
  for (uint32_t i = 0; i < count; i++) array->setObject(values[i]);
  return array;
}

OSArray * OSArray::withArray(const OSArray * other, uint32_t capacity) {
  if (!other) return nullptr;
  auto * array = withCapacity(std::max(other->getCount(), capacity));
  array->merge(other);
  return array;
}

uint32_t OSArray::getCount() const { return static_cast<uint32_t>(ivars->members.size()); }

uint32_t OSArray::getCapacity() const { return static_cast<uint32_t>(ivars->members.capacity()); }

uint32_t OSArray::ensureCapacity(uint32_t capacity) {
  // A number somebody made up is not to take memory; the array grows by itself.
  if (capacity <= kMaxReserved) ivars->members.reserve(capacity);
  return getCapacity();
}

OSObject * OSArray::getObject(uint32_t index) const {
  return index < ivars->members.size() ? ivars->members[index].get() : nullptr;
}

OSObject * OSArray::getLastObject() const { return ivars->members.empty() ? nullptr : ivars->members.back().get(); }

uint32_t OSArray::getNextIndexOfObject(const OSMetaClassBase * object, uint32_t index) const {
  for (; index < getCount(); index++)
    if (getObject(index) == object) return index;
  return ~0u;
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

bool OSArray::replaceObject(uint32_t index, const OSMetaClassBase * object) {
  if (!object || index >= ivars->members.size()) return false;
  ivars->members[index] = Member(object);
  return true;
}

void OSArray::removeObject(uint32_t index) {
  if (index < ivars->members.size()) ivars->members.erase(ivars->members.begin() + index);
}

void OSArray::flushCollection() { ivars->members.clear(); }

bool OSArray::merge(const OSArray * other) {
  if (!other) return false;
  for (uint32_t i = 0, count = other->getCount(); i < count; i++) setObject(other->getObject(i));
  return true;
}

bool OSArray::iterateObjects(OSCollectionIterateObjectsBlock block) const {
  for (auto & member : ivars->members)
    if (!block(member.get())) return false;
  return true;
}

bool OSArray::isEqualTo(const OSArray * array) const {
  if (!array || array->getCount() != getCount()) return false;
  for (uint32_t i = 0; i < getCount(); i++)
    if (!getObject(i)->isEqualTo(array->getObject(i))) return false;
  return true;
}

bool OSArray::isEqualTo(const OSMetaClassBase * other) const { return isEqualTo(OSDynamicCast(OSArray, other)); }

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

OSDictionary * OSDictionary::withObjects(const OSObject ** values, const OSObject ** keys, uint32_t count,
                                         uint32_t capacity) {
  if (!values || !keys) return nullptr;
  auto * dictionary = withCapacity(capacity);
  for (uint32_t i = 0; i < count; i++) dictionary->setObject(keys[i], values[i]);
  return dictionary;
}

OSDictionary * OSDictionary::withDictionary(const OSDictionary * other, uint32_t) {
  if (!other) return nullptr;
  auto * dictionary = withCapacity(other->getCount());
  dictionary->merge(other);
  return dictionary;
}

namespace {

const char * textOf(const OSObject * key) {
  auto * text = OSDynamicCast(OSString, key);
  return text ? text->getCStringNoCopy() : nullptr;
}

}  // namespace

uint32_t OSDictionary::getCount() const { return static_cast<uint32_t>(ivars->members.size()); }
uint32_t OSDictionary::getCapacity() const { return getCount(); }
uint32_t OSDictionary::ensureCapacity(uint32_t) { return getCapacity(); }

OSObject * OSDictionary::getObject(const char * key) const {
  auto found = key ? ivars->members.find(key) : ivars->members.end();
  return found == ivars->members.end() ? nullptr : found->second.get();
}

OSObject * OSDictionary::getObject(const OSObject * key) const { return getObject(textOf(key)); }

bool OSDictionary::setObject(const char * key, const OSMetaClassBase * object) {
  if (!key || !object) return false;
  ivars->members.insert_or_assign(key, Member(object));
  return true;
}

bool OSDictionary::setObject(const OSObject * key, const OSMetaClassBase * object) {
  return setObject(textOf(key), object);
}

void OSDictionary::removeObject(const char * key) {
  if (key) ivars->members.erase(key);
}

void OSDictionary::removeObject(const OSObject * key) { removeObject(textOf(key)); }

void OSDictionary::flushCollection() { ivars->members.clear(); }

bool OSDictionary::merge(const OSDictionary * other) {
  if (!other) return false;
  for (auto & [key, member] : other->ivars->members) setObject(key.c_str(), member.get());
  return true;
}

bool OSDictionary::iterateObjects(OSDictionaryIterateObjectsBlock block) const {
  for (auto & [key, member] : ivars->members) {
    auto * name = OSString::withCString(key.c_str());
    bool goesOn = block(name, member.get());
    name->release();
    if (!goesOn) return false;
  }
  return true;
}

bool OSDictionary::iterateObjects(OSCollectionIterateObjectsBlock block) const {
  return iterateObjects(^bool(OSObject * key, OSObject *) {
    return block(key);
  });
}

bool OSDictionary::iterateObjects(void * refcon, OSDictionaryIterateObjectsCallback callback) const {
  return iterateObjects(^bool(OSObject * key, OSObject * value) {
    return callback(refcon, key, value);
  });
}

bool OSDictionary::isEqualTo(const OSDictionary * dictionary) const {
  if (!dictionary || dictionary->getCount() != getCount()) return false;
  for (auto & [key, member] : ivars->members) {
    auto * theirs = dictionary->getObject(key.c_str());
    if (!theirs || !member.get()->isEqualTo(theirs)) return false;
  }
  return true;
}

bool OSDictionary::isEqualTo(const OSDictionary * other, const OSCollection * keys) const {
  if (!other || !keys) return false;
  return keys->iterateObjects(^bool(OSObject * key) {
    OSObject * mine = getObject(key);
    OSObject * theirs = other->getObject(key);
    return mine && theirs ? mine->isEqualTo(theirs) : mine == theirs;
  });
}

bool OSDictionary::isEqualTo(const OSMetaClassBase * other) const {
  return isEqualTo(OSDynamicCast(OSDictionary, other));
}

void OSDictionary::free() {
  delete ivars;
  super::free();
}
