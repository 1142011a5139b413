// OSNumber.h — an integer of 1 to 64 bits.
#pragma once

#include <DriverKit/OSContainer.h>

extern OSMetaClass * gOSNumberMetaClass;
struct OSNumber_IVars;

class OSNumber : public OSContainer {
 public:
  using super = OSContainer;
  const OSMetaClass * getMetaClass() const override { return gOSNumberMetaClass; }
  OSNumber_IVars * ivars;

  // With one reference; null when `bits` is 0 or above 64.
  static OSNumber * withNumber(uint64_t value, size_t bits);

  uint8_t unsigned8BitValue() const;
  uint16_t unsigned16BitValue() const;
  uint32_t unsigned32BitValue() const;
  uint64_t unsigned64BitValue() const;
  uint32_t numberOfBits() const;
  uint32_t numberOfBytes() const;
  void setValue(uint64_t value);
  void addValue(int64_t delta);
  bool isEqualTo(const OSNumber * other) const;
  bool isEqualTo(const OSMetaClassBase * other) const override;
  void free() override;
};
typedef OSNumber * OSNumberPtr;
