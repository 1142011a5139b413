// OSArray.h — objects in order. Members are retained; what a getter returns is borrowed.
#pragma once

#include <DriverKit/OSContainer.h>

extern OSMetaClass * gOSArrayMetaClass;
struct OSArray_IVars;

class OSArray : public OSCollection {
 public:
  using super = OSCollection;
  const OSMetaClass * getMetaClass() const override { return gOSArrayMetaClass; }
  OSArray_IVars * ivars;

  static OSArray * withCapacity(uint32_t capacity);

  unsigned int getCount() const override;
  OSObject * getObject(uint32_t index) const;  // null behind the last
  bool setObject(const OSMetaClassBase * object);
  bool setObject(uint32_t index, const OSMetaClassBase * object);
  void replaceObject(uint32_t index, const OSMetaClassBase * object);
  void removeObject(uint32_t index);
  void flushCollection();
  // The block returns true to stop.
  bool iterateObjects(bool (^block)(OSObject * object)) const;
  bool isEqualTo(const OSMetaClassBase * other) const override;
  void free() override;
};
typedef OSArray * OSArrayPtr;
