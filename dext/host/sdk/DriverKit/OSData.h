// OSData.h — bytes.
#pragma once

#include <DriverKit/OSContainer.h>

extern OSMetaClass * gOSDataMetaClass;
struct OSData_IVars;

class OSData : public OSContainer {
 public:
  using super = OSContainer;
  const OSMetaClass * getMetaClass() const override { return gOSDataMetaClass; }
  OSData_IVars * ivars;

  // With one reference.
  static OSData * withCapacity(size_t capacity);
  static OSData * withBytes(const void * bytes, size_t length);  // a copy
  static OSData * withBytesNoCopy(const void * bytes, size_t length);
  static OSData * withData(const OSData * other);
  static OSData * withData(const OSData * other, size_t start, size_t length);  // null when not wholly inside

  size_t getLength() const;
  size_t getCapacity() const;
  // Null when empty; lives until the data changes.
  const void * getBytesNoCopy() const;
  const void * getBytesNoCopy(size_t start, size_t length) const;  // null when not wholly inside
  bool appendBytes(const void * bytes, size_t length);
  bool appendBytes(const OSData * other);
  void clear();
  bool isEqualTo(const void * bytes, size_t length) const;
  bool isEqualTo(const OSData * other) const;
  bool isEqualTo(const OSString * other) const;  // the bytes of its text
  bool isEqualTo(const OSMetaClassBase * other) const override;
  void free() override;
};
typedef OSData * OSDataPtr;
