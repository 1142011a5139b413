// OSDictionary.h — objects under names. Members are retained; what a getter returns is borrowed.
#pragma once

#include <DriverKit/OSContainer.h>

extern OSMetaClass * gOSDictionaryMetaClass;
struct OSDictionary_IVars;

class OSDictionary : public OSCollection {
 public:
  using super = OSCollection;
  const OSMetaClass * getMetaClass() const override { return gOSDictionaryMetaClass; }
  OSDictionary_IVars * ivars;

  static OSDictionary * withCapacity(uint32_t capacity);
  static OSDictionary * withDictionary(const OSDictionary * other, uint32_t capacity = 0);

  unsigned int getCount() const override;
  OSObject * getObject(const char * key) const;  // null when there is none
  OSObject * getObject(const OSString * key) const;
  bool setObject(const char * key, const OSMetaClassBase * object);
  bool setObject(const OSString * key, const OSMetaClassBase * object);
  bool setObject(const OSObject * key, const OSMetaClassBase * object);  // an OSString
  void removeObject(const char * key);
  void removeObject(const OSString * key);
  void flushCollection();
  bool merge(const OSDictionary * other);
  // The block returns true to stop. Names in their order.
  bool iterateObjects(bool (^block)(OSObject * key, OSObject * object)) const;
  bool isEqualTo(const OSMetaClassBase * other) const override;
  void free() override;
};
typedef OSDictionary * OSDictionaryPtr;

// Convenience setters, as DriverKit has them (OSCollections.h).
bool OSDictionarySetUInt64Value(OSDictionary * dictionary, const char * key, uint64_t value);
bool OSDictionarySetStringValue(OSDictionary * dictionary, const char * key, const char * value);
uint64_t OSDictionaryGetUInt64Value(const OSDictionary * dictionary, const char * key);
