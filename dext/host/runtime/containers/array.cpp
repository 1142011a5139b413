// array.cpp — OSArray.

#include <DriverKit/OSCollections.h>

#include <algorithm>
#include <vector>

#include "host/runtime/containers/container_class.h"
#include "host/runtime/containers/member.h"

using namespace multiport::runtime;

OSMetaClass * gOSArrayMetaClass = ContainerClass<OSArray>::registered("OSArray", "OSCollection");

namespace {

constexpr uint32_t kMaxReserved = 4096;

}  // namespace

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
  if (object) ivars->members.push_back(memberOf(object));
  return object != nullptr;
}

bool OSArray::setObject(uint32_t index, const OSMetaClassBase * object) {
  if (!object || index > ivars->members.size()) return false;
  ivars->members.insert(ivars->members.begin() + index, memberOf(object));
  return true;
}

bool OSArray::replaceObject(uint32_t index, const OSMetaClassBase * object) {
  if (!object || index >= ivars->members.size()) return false;
  ivars->members[index] = memberOf(object);
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
