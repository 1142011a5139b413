// OSCollections.h — every container.
#pragma once

#include <DriverKit/IOTypes.h>
#include <DriverKit/OSArray.h>
#include <DriverKit/OSBoolean.h>
#include <DriverKit/OSData.h>
#include <DriverKit/OSDictionary.h>
#include <DriverKit/OSNumber.h>
#include <DriverKit/OSString.h>

// What the static analyser is told elsewhere.
#define DRIVERKIT_RETURNS_RETAINED
#define DRIVERKIT_RETURNS_NOT_RETAINED
#define DRIVERKIT_CONSUMED
#define DRIVERKIT_CONSUMES_THIS
#define DRIVERKIT_RETURNS_RETAINED_ON_ZERO
#define DRIVERKIT_RETURNS_RETAINED_ON_NONZERO

// The same as plain functions. What is created has one reference, what is asked for is borrowed; null, 0 or "" for what
// is not there.
extern "C" {

typedef uint64_t OSCollectionType;
enum {
  kOSCollectionTypeDictionary = 1,
  kOSCollectionTypeArray = 2,
  kOSCollectionTypeSet = 3,
  kOSCollectionTypeNumber = 4,
  kOSCollectionTypeSymbol = 8,
  kOSCollectionTypeString = 9,
  kOSCollectionTypeData = 10,
  kOSCollectionTypeBoolean = 11,
  kOSCollectionTypeSerialization = 13,
};
OSCollectionType OSCollectionTypeID(OSObjectPtr object);  // 0 for what is no container
const char * OSCollectionTypeName(OSCollectionType type);

void OSObjectRetain(OSObjectPtr object);
void OSObjectRelease(OSObjectPtr object);
void OSObjectLog(OSObjectPtr object);
#define OSObjectSafeReleaseNULL(object) \
  do {                                  \
    if (object) {                       \
      OSObjectRelease(object);          \
      (object) = NULL;                  \
    }                                   \
  } while (0)

OSStringPtr OSStringCreate(const char * text, size_t length);
const char * OSStringGetStringPtr(OSStringPtr string);
size_t OSStringGetLength(OSStringPtr string);

OSDataPtr OSDataCreate(const void * bytes, size_t length);
size_t OSDataGetLength(OSDataPtr data);
const void * OSDataGetBytesPtr(OSDataPtr data, size_t offset, size_t length);
size_t OSDataGetBytes(OSDataPtr data, void * buffer, size_t offset, size_t length);  // how many were there
bool OSDataAppendBytes(OSDataPtr data, const void * bytes, size_t length);

OSNumberPtr OSNumberCreateWithUInt64Value(uint64_t value);
uint64_t OSNumberGetUInt64Value(OSNumberPtr number);

// Unlike in iterateObjects, the block returns true to stop.
typedef bool (^OSDictionaryApplier)(const char * key, OSObjectPtr value);
typedef bool (^OSArrayApplier)(OSObjectPtr value);

OSDictionaryPtr OSDictionaryCreate(void);
uint32_t OSDictionaryGetCount(OSDictionaryPtr dictionary);
bool OSDictionaryApply(OSDictionaryPtr dictionary, OSDictionaryApplier applier);
bool OSDictionarySetValue(OSDictionaryPtr dictionary, const char * key, OSObjectPtr value);
OSObjectPtr OSDictionaryGetValue(OSDictionaryPtr dictionary, const char * key);
void OSDictionarySetStringValue(OSDictionaryPtr dictionary, const char * key, const char * value);
const char * OSDictionaryGetStringValue(OSDictionaryPtr dictionary, const char * key);
void OSDictionarySetUInt64Value(OSDictionaryPtr dictionary, const char * key, uint64_t value);
uint64_t OSDictionaryGetUInt64Value(OSDictionaryPtr dictionary, const char * key);

static const size_t kOSArrayAppend = (size_t)-1;
OSArrayPtr OSArrayCreate(void);
uint32_t OSArrayGetCount(OSArrayPtr array);
bool OSArrayApply(OSArrayPtr array, OSArrayApplier applier);
bool OSArraySetValue(OSArrayPtr array, size_t index, OSObjectPtr value);  // kOSArrayAppend: behind the last
bool OSArrayReplaceValue(OSArrayPtr array, size_t index, OSObjectPtr value);
bool OSArrayAppendValue(OSArrayPtr array, OSObjectPtr value);
OSObjectPtr OSArrayGetValue(OSArrayPtr array, size_t index);
void OSArraySetStringValue(OSArrayPtr array, size_t index, const char * value);
const char * OSArrayGetStringValue(OSArrayPtr array, size_t index);
void OSArraySetUInt64Value(OSArrayPtr array, size_t index, uint64_t value);
uint64_t OSArrayGetUInt64Value(OSArrayPtr array, size_t index);

}  // extern "C"
