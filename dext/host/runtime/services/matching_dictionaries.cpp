// matching_dictionaries.cpp — IOService's helpers that write a matching dictionary, or more into one.

#include <DriverKit/IOService.h>
#include <DriverKit/OSCollections.h>

#include "host/runtime/objects/owned.h"

using namespace multiport::runtime;

namespace {

OSDictionary * withEntry(OSDictionary * matching, const char * key, OSObject * value) {
  auto * dictionary = matching ? matching : OSDictionary::withCapacity(1);
  if (matching) matching->retain();
  dictionary->setObject(key, value);
  return dictionary;
}

OSDictionary * withText(OSDictionary * matching, const char * key, const char * text) {
  Owned value(OSString::withCString(text));
  return withEntry(matching, key, value.get());
}

// IOUserClass is no key of matching itself: it is a property to be compared.
OSDictionary * withProperty(OSDictionary * matching, const char * key, OSObject * value) {
  Owned properties(withEntry(nullptr, key, value));
  return withEntry(matching, "IOPropertyMatch", properties.get());
}

}  // namespace

OSDictionary * IOService::CreatePropertyMatchingDictionary(const char * key, OSObjectPtr value,
                                                           OSDictionary * matching) {
  return withProperty(matching, key, value);
}

OSDictionary * IOService::CreatePropertyMatchingDictionary(const char * key, const char * stringValue,
                                                           OSDictionary * matching) {
  Owned value(OSString::withCString(stringValue));
  return withProperty(matching, key, value.get());
}

OSDictionary * IOService::CreateKernelClassMatchingDictionary(OSString * className, OSDictionary * matching) {
  return withEntry(matching, "IOProviderClass", className);
}

OSDictionary * IOService::CreateKernelClassMatchingDictionary(const char * className, OSDictionary * matching) {
  return withText(matching, "IOProviderClass", className);
}

OSDictionary * IOService::CreateUserClassMatchingDictionary(OSString * className, OSDictionary * matching) {
  return withProperty(matching, "IOUserClass", className);
}

OSDictionary * IOService::CreateUserClassMatchingDictionary(const char * className, OSDictionary * matching) {
  return CreatePropertyMatchingDictionary("IOUserClass", className, matching);
}

OSDictionary * IOService::CreateNameMatchingDictionary(OSString * serviceName, OSDictionary * matching) {
  return withEntry(matching, "IONameMatch", serviceName);
}

OSDictionary * IOService::CreateNameMatchingDictionary(const char * serviceName, OSDictionary * matching) {
  return withText(matching, "IONameMatch", serviceName);
}
