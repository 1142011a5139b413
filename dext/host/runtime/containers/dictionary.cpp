// dictionary.cpp — OSDictionary.

#include <DriverKit/OSCollections.h>

#include <map>
#include <string>

#include "host/runtime/containers/container_class.h"
#include "host/runtime/containers/member.h"

using namespace multiport::runtime;

OSMetaClass * gOSDictionaryMetaClass = ContainerClass<OSDictionary>::registered("OSDictionary", "OSCollection");

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
  ivars->members.insert_or_assign(key, memberOf(object));
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
