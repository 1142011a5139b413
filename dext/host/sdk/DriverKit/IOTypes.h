// IOTypes.h — plain types that the classes' declarations share.
#pragma once

#include <DriverKit/IOReturn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef uint32_t IOOptionBits;
typedef uint64_t IOVirtualAddress;
typedef uint32_t natural_t;
typedef uint64_t mach_vm_address_t;
typedef uint64_t mach_vm_size_t;
typedef uint8_t UInt8;
typedef uint16_t UInt16;
typedef uint32_t UInt32;
typedef uint64_t UInt64;
