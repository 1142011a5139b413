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

  // With one reference.
  static OSArray * withCapacity(uint32_t capacity);
  static OSArray * withObjects(const OSObject ** values, uint32_t count, uint32_t capacity = 0);
  static OSArray * withArray(const OSArray * other, uint32_t capacity = 0);

  uint32_t getCount() const override;
  uint32_t getCapacity() const override;
  uint32_t ensureCapacity(uint32_t capacity) override;
  void flushCollection() override;
  bool iterateObjects(OSCollectionIterateObjectsBlock block) const override;

  OSObject * getObject(uint32_t index) const;  // null behind the last
  OSObject * getLastObject() const;
  // Where that very object is, at `index` or behind; ~0 when it is not.
  uint32_t getNextIndexOfObject(const OSMetaClassBase * object, uint32_t index) const;
  bool setObject(const OSMetaClassBase * object);
  bool setObject(uint32_t index, const OSMetaClassBase * object);
  bool replaceObject(uint32_t index, const OSMetaClassBase * object);
  void removeObject(uint32_t index);
  bool merge(const OSArray * other);
  bool isEqualTo(const OSArray * other) const;
  bool isEqualTo(const OSMetaClassBase * other) const override;
  void free() override;
};
typedef OSArray * OSArrayPtr;
