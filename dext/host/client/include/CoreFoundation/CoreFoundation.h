// CoreFoundation.h — of Apple's collections what the answers of IOKit are made of, under Apple's names.
//
// Functions with Create or Copy in their names give a reference that CFRelease takes back; Get gives a borrowed one.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef const void * CFTypeRef;
typedef const void * CFAllocatorRef;
typedef const struct __CFString * CFStringRef;
typedef const struct __CFNumber * CFNumberRef;
typedef const struct __CFBoolean * CFBooleanRef;
typedef const struct __CFData * CFDataRef;
typedef const struct __CFArray * CFArrayRef;
typedef const struct __CFDictionary * CFDictionaryRef;
typedef struct __CFDictionary * CFMutableDictionaryRef;
typedef long CFIndex;
typedef unsigned long CFTypeID;
typedef unsigned char Boolean;
typedef uint32_t CFStringEncoding;
typedef CFIndex CFNumberType;

enum { kCFStringEncodingUTF8 = 0x08000100 };

enum {
  kCFNumberSInt8Type = 1,
  kCFNumberSInt16Type = 2,
  kCFNumberSInt32Type = 3,
  kCFNumberSInt64Type = 4,
  kCFNumberFloat32Type = 5,
  kCFNumberFloat64Type = 6,
  kCFNumberCharType = 7,
  kCFNumberShortType = 8,
  kCFNumberIntType = 9,
  kCFNumberLongType = 10,
  kCFNumberLongLongType = 11,
  kCFNumberFloatType = 12,
  kCFNumberDoubleType = 13,
  kCFNumberCFIndexType = 14,
};

void CFRelease(CFTypeRef object);
CFTypeID CFGetTypeID(CFTypeRef object);

CFTypeID CFStringGetTypeID(void);
// Null for text that is no UTF-8, and for another encoding.
CFStringRef CFStringCreateWithCString(CFAllocatorRef allocator, const char * text, CFStringEncoding encoding);
// False: the room is too small.
Boolean CFStringGetCString(CFStringRef string, char * buffer, CFIndex bufferSize, CFStringEncoding encoding);
// In UTF-16 units, as macOS counts.
CFIndex CFStringGetLength(CFStringRef string);
CFIndex CFStringGetMaximumSizeForEncoding(CFIndex length, CFStringEncoding encoding);

CFTypeID CFNumberGetTypeID(void);
// False: the number does not fit the type.
Boolean CFNumberGetValue(CFNumberRef number, CFNumberType type, void * value);

CFTypeID CFBooleanGetTypeID(void);
Boolean CFBooleanGetValue(CFBooleanRef boolean);

CFTypeID CFDataGetTypeID(void);
CFIndex CFDataGetLength(CFDataRef data);
const uint8_t * CFDataGetBytePtr(CFDataRef data);

CFTypeID CFDictionaryGetTypeID(void);
CFIndex CFDictionaryGetCount(CFDictionaryRef dictionary);
const void * CFDictionaryGetValue(CFDictionaryRef dictionary, const void * key);
void CFDictionaryGetKeysAndValues(CFDictionaryRef dictionary, const void ** keys, const void ** values);

CFTypeID CFArrayGetTypeID(void);
CFIndex CFArrayGetCount(CFArrayRef array);
const void * CFArrayGetValueAtIndex(CFArrayRef array, CFIndex index);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
