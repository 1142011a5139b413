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

// Something with members that can be counted.
class OSCollection : public OSContainer {
 public:
  using super = OSContainer;
  const OSMetaClass * getMetaClass() const override { return gOSCollectionMetaClass; }
  virtual unsigned int getCount() const = 0;
};
