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
};

// Something with members that can be counted.
class OSCollection : public OSContainer {
 public:
  using super = OSContainer;
  virtual unsigned int getCount() const = 0;
};
