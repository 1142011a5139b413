// OSString.h — text that does not change.
#pragma once

#include <DriverKit/OSContainer.h>

extern OSMetaClass * gOSStringMetaClass;
struct OSString_IVars;

class OSString : public OSContainer {
 public:
  using super = OSContainer;
  const OSMetaClass * getMetaClass() const override { return gOSStringMetaClass; }
  OSString_IVars * ivars;

  // A copy of the text, with one reference; null without memory.
  static OSString * withCString(const char * text);
  static OSString * withCString(const char * text, size_t length);  // at most that many bytes
  static OSString * withCStringNoCopy(const char * text);
  static OSString * withString(const OSString * other);

  // Terminated; lives as long as the string.
  const char * getCStringNoCopy() const;
  size_t getLength() const;
  bool isEqualTo(const char * text) const;
  bool isEqualTo(const OSString * other) const;
  bool isEqualTo(const OSData * other) const;
  bool isEqualTo(const OSMetaClassBase * other) const override;
  void free() override;
};
typedef OSString * OSStringPtr;
typedef OSString OSSymbol;
