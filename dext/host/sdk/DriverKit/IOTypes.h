// IOTypes.h — plain types that the classes' declarations share.
#pragma once

#include <DriverKit/IOReturn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef uint32_t IOOptionBits;
typedef int32_t IOFixed;
typedef uint32_t IOVersion;
typedef uint32_t IOItemCount;
typedef uint32_t IOByteCount32;
typedef uint64_t IOByteCount64;
typedef IOByteCount64 IOByteCount;
typedef uint64_t IOVirtualAddress;
typedef uint32_t IOPhysicalAddress32;
typedef uint64_t IOPhysicalAddress64;
typedef IOPhysicalAddress64 IOPhysicalAddress;
typedef unsigned int IOAlignment;
typedef struct {
  IOVirtualAddress address;
  IOByteCount length;
} IOVirtualRange, IOAddressRange;
typedef struct {
  int value;
  const char * name;
} IONamedValue;
typedef uint32_t natural_t;
typedef uint64_t mach_vm_address_t;
typedef uint64_t mach_vm_size_t;
typedef uint8_t UInt8;
typedef uint16_t UInt16;
typedef uint32_t UInt32;
typedef uint64_t UInt64;
typedef int8_t SInt8;
typedef int16_t SInt16;
typedef int32_t SInt32;
typedef int64_t SInt64;
typedef unsigned char Boolean;
