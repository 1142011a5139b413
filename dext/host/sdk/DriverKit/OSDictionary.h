// OSDictionary.h — objects under names. Members are retained; what a getter returns is borrowed.
#pragma once

#include <DriverKit/OSContainer.h>

extern OSMetaClass * gOSDictionaryMetaClass;
struct OSDictionary_IVars;
typedef bool (^OSDictionaryIterateObjectsBlock)(OSObject * key, OSObject * value);
typedef bool (*OSDictionaryIterateObjectsCallback)(void * refcon, OSObject * key, OSObject * value);

class OSDictionary : public OSCollection {
 public:
  using super = OSCollection;
  const OSMetaClass * getMetaClass() const override { return gOSDictionaryMetaClass; }
  OSDictionary_IVars * ivars;

  // With one reference.
  static OSDictionary * withCapacity(uint32_t capacity);
  static OSDictionary * withObjects(const OSObject ** values, const OSObject ** keys, uint32_t count,
                                    uint32_t capacity = 0);
  static OSDictionary * withDictionary(const OSDictionary * other, uint32_t capacity = 0);

  uint32_t getCount() const override;
  uint32_t getCapacity() const override;
  uint32_t ensureCapacity(uint32_t capacity) override;
  void flushCollection() override;
  bool iterateObjects(OSCollectionIterateObjectsBlock block) const override;
  // Names in their order, each with its member. True goes on, as in OSCollection.
  bool iterateObjects(OSDictionaryIterateObjectsBlock block) const;
  bool iterateObjects(void * refcon, OSDictionaryIterateObjectsCallback callback) const;

  // Keys are texts; an object as key is an OSString.
  OSObject * getObject(const char * key) const;  // null when there is none
  OSObject * getObject(const OSObject * key) const;
  bool setObject(const char * key, const OSMetaClassBase * object);
  bool setObject(const OSObject * key, const OSMetaClassBase * object);
  void removeObject(const char * key);
  void removeObject(const OSObject * key);
  bool merge(const OSDictionary * other);
  bool isEqualTo(const OSDictionary * other) const;
  // Only what stands under `keys` is compared.
  bool isEqualTo(const OSDictionary * other, const OSCollection * keys) const;
  bool isEqualTo(const OSMetaClassBase * other) const override;
  void free() override;
};
typedef OSDictionary * OSDictionaryPtr;
