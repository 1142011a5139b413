// OSContainer.h — objects that travel by value: strings, numbers, booleans, data and collections of them.
#pragma once

#include <DriverKit/OSObject.h>

class OSContainer;
class OSCollection;
class OSString;
class OSNumber;
class OSBoolean;
class OSData;
class OSArray;
class OSDictionary;
typedef OSContainer * OSContainerPtr;

extern OSMetaClass * gOSContainerMetaClass;
extern OSMetaClass * gOSCollectionMetaClass;

class OSContainer : public OSObject {
 public:
  using super = OSObject;
  const OSMetaClass * getMetaClass() const override { return gOSContainerMetaClass; }
};

typedef OSCollection * OSCollectionPtr;
typedef bool (^OSCollectionIterateObjectsBlock)(OSObject * object);

// Something with members that can be counted.
class OSCollection : public OSContainer {
 public:
  using super = OSContainer;
  const OSMetaClass * getMetaClass() const override { return gOSCollectionMetaClass; }
  virtual uint32_t getCount() const = 0;
  // Collections grow by themselves.
  virtual uint32_t getCapacity() const = 0;
  virtual uint32_t ensureCapacity(uint32_t capacity) = 0;
  virtual void flushCollection() = 0;
  // The members, or the keys of a dictionary, in their order. The block returns true to go on; false if it ever
  // returned false.
  virtual bool iterateObjects(OSCollectionIterateObjectsBlock block) const = 0;
};
