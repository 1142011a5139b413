// OSBoolean.h — the two truth values. There are only these two objects; retain and release leave them alone.
#pragma once

#include <DriverKit/OSContainer.h>

extern OSMetaClass * gOSBooleanMetaClass;

class OSBoolean : public OSContainer {
 public:
  using super = OSContainer;
  const OSMetaClass * getMetaClass() const override { return gOSBooleanMetaClass; }

  static OSBoolean * withBoolean(bool value);
  bool getValue() const;
  bool isTrue() const { return getValue(); }
  bool isFalse() const { return !getValue(); }
  void retain() const override {}
  void release() const override {}
};
typedef OSBoolean * OSBooleanPtr;

extern OSBoolean * const kOSBooleanTrue;
extern OSBoolean * const kOSBooleanFalse;
