// core_foundation.cpp — CoreFoundation's functions on objects.h.

#include <CoreFoundation/CoreFoundation.h>

#include <cstring>
#include <type_traits>

#include "host/client/objects.h"

using namespace multiport::client;
using Type = CfObject::Type;

namespace {

// Length of the well-formed UTF-8 sequence at `text`, 0 for anything else. RFC 3629, section 4.
size_t sequenceLength(const unsigned char * text) {
  unsigned char lead = text[0];
  if (lead < 0x80) return 1;
  size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  for (size_t i = 1; i < length; i++)
    if ((text[i] & 0xc0) != 0x80) return 0;
  bool isTooLow = (lead == 0xe0 && text[1] < 0xa0) || (lead == 0xf0 && text[1] < 0x90);
  bool isTooHigh = (lead == 0xed && text[1] > 0x9f) || (lead == 0xf4 && text[1] > 0x8f);
  return isTooLow || isTooHigh ? 0 : length;
}

bool isUtf8(const char * text) {
  auto * at = reinterpret_cast<const unsigned char *>(text);
  while (*at) {
    size_t length = sequenceLength(at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

template <typename T>
Boolean give(const CfObject & number, void * value) {
  auto whole = static_cast<int64_t>(number.number);
  T result = static_cast<T>(whole);
  std::memcpy(value, &result, sizeof result);
  if constexpr (std::is_floating_point_v<T>) return true;
  // A number of 64 bits that a signed one cannot hold is taken as its bits, as CFNumber of an OSNumber is.
  return static_cast<int64_t>(result) == whole;
}

CFTypeID idOf(Type type) { return static_cast<CFTypeID>(type); }

}  // namespace

extern "C" {

void CFRelease(CFTypeRef object) { CfRef last(static_cast<CfObject *>(const_cast<void *>(object))); }

CFTypeID CFGetTypeID(CFTypeRef object) { return object ? idOf(static_cast<const CfObject *>(object)->type) : 0; }

CFTypeID CFStringGetTypeID() { return idOf(Type::String); }
CFTypeID CFNumberGetTypeID() { return idOf(Type::Number); }
CFTypeID CFBooleanGetTypeID() { return idOf(Type::Boolean); }
CFTypeID CFDataGetTypeID() { return idOf(Type::Data); }
CFTypeID CFDictionaryGetTypeID() { return idOf(Type::Dictionary); }
CFTypeID CFArrayGetTypeID() { return idOf(Type::Array); }

CFStringRef CFStringCreateWithCString(CFAllocatorRef, const char * text, CFStringEncoding encoding) {
  if (!text || encoding != kCFStringEncodingUTF8 || !isUtf8(text)) return nullptr;
  return reinterpret_cast<CFStringRef>(makeString(text).take());
}

Boolean CFStringGetCString(CFStringRef string, char * buffer, CFIndex bufferSize, CFStringEncoding encoding) {
  auto * object = objectOf(string, Type::String);
  if (!object || !buffer || encoding != kCFStringEncodingUTF8) return false;
  if (bufferSize < 0 || object->text.size() >= static_cast<size_t>(bufferSize)) return false;
  std::memcpy(buffer, object->text.c_str(), object->text.size() + 1);
  return true;
}

CFIndex CFStringGetLength(CFStringRef string) {
  auto * object = objectOf(string, Type::String);
  CFIndex length = 0;
  for (unsigned char byte : object ? object->text : std::string())
    length += (byte & 0xc0) == 0x80 ? 0 : byte >= 0xf0 ? 2 : 1;
  return length;
}

CFIndex CFStringGetMaximumSizeForEncoding(CFIndex length, CFStringEncoding) { return 3 * length; }

Boolean CFNumberGetValue(CFNumberRef number, CFNumberType type, void * value) {
  auto * object = objectOf(number, Type::Number);
  if (!object || !value) return false;
  switch (type) {
    case kCFNumberSInt8Type:
    case kCFNumberCharType:
      return give<int8_t>(*object, value);
    case kCFNumberSInt16Type:
    case kCFNumberShortType:
      return give<int16_t>(*object, value);
    case kCFNumberSInt32Type:
    case kCFNumberIntType:
      return give<int32_t>(*object, value);
    case kCFNumberSInt64Type:
    case kCFNumberLongType:
    case kCFNumberLongLongType:
    case kCFNumberCFIndexType:
      return give<int64_t>(*object, value);
    case kCFNumberFloat32Type:
    case kCFNumberFloatType:
      return give<float>(*object, value);
    case kCFNumberFloat64Type:
    case kCFNumberDoubleType:
      return give<double>(*object, value);
    default:
      return false;
  }
}

Boolean CFBooleanGetValue(CFBooleanRef boolean) {
  auto * object = objectOf(boolean, Type::Boolean);
  return object && object->number != 0;
}

CFIndex CFDataGetLength(CFDataRef data) {
  auto * object = objectOf(data, Type::Data);
  return object ? static_cast<CFIndex>(object->text.size()) : 0;
}

const uint8_t * CFDataGetBytePtr(CFDataRef data) {
  auto * object = objectOf(data, Type::Data);
  return object ? reinterpret_cast<const uint8_t *>(object->text.data()) : nullptr;
}

CFIndex CFDictionaryGetCount(CFDictionaryRef dictionary) {
  auto * object = objectOf(dictionary, Type::Dictionary);
  return object ? static_cast<CFIndex>(object->entries.size()) : 0;
}

const void * CFDictionaryGetValue(CFDictionaryRef dictionary, const void * key) {
  auto * object = objectOf(dictionary, Type::Dictionary);
  auto * name = objectOf(key, Type::String);
  return object && name ? valueOf(*object, name->text) : nullptr;
}

void CFDictionaryGetKeysAndValues(CFDictionaryRef dictionary, const void ** keys, const void ** values) {
  auto * object = objectOf(dictionary, Type::Dictionary);
  for (size_t i = 0; object && i < object->entries.size(); i++) {
    if (keys) keys[i] = object->keys[i];
    if (values) values[i] = object->entries[i].second;
  }
}

CFIndex CFArrayGetCount(CFArrayRef array) {
  auto * object = objectOf(array, Type::Array);
  return object ? static_cast<CFIndex>(object->members.size()) : 0;
}

const void * CFArrayGetValueAtIndex(CFArrayRef array, CFIndex index) {
  auto * object = objectOf(array, Type::Array);
  bool isThere = object && index >= 0 && static_cast<size_t>(index) < object->members.size();
  return isThere ? object->members[static_cast<size_t>(index)] : nullptr;
}

}  // extern "C"
