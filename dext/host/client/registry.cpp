// registry.cpp — objects and registry entries in; their classes, names, relatives and properties out.

#include <DriverKit/IOReturn.h>

#include <algorithm>
#include <cstring>

#include "host/client/handles.h"

using namespace multiport;
using namespace multiport::client;

namespace {

void giveName(const std::string & text, io_name_t name) {
  auto length = std::min(text.size(), sizeof(io_name_t) - 1);
  std::memcpy(name, text.data(), length);
  name[length] = 0;
}

// The only plane there is here: kIOReturnUnsupported for macOS's others, as if nothing were in them.
kern_return_t checkPlane(const char * plane) {
  if (!plane) return kIOReturnBadArgument;
  return std::strcmp(plane, kIOServicePlane) == 0 ? kIOReturnSuccess : kIOReturnUnsupported;
}

CfRef propertiesOf(const Entry & entry, kern_return_t & result) {
  auto reply = entry.link->call(wire::kClientProps, entry.id);
  result = reply.result;
  if (result != kIOReturnSuccess) return {};
  auto properties = decodeObject(reply.payload);
  if (properties && properties->type == CfObject::Type::Dictionary) return properties;
  result = kIOReturnInternalError;
  return {};
}

CfRef propertyOf(const Entry & entry, const std::string & key) {
  kern_return_t result;
  auto properties = propertiesOf(entry, result);
  return properties ? CfRef::retained(valueOf(*properties.get(), key)) : CfRef();
}

std::vector<std::shared_ptr<Entry>> relativesOf(const Entry & entry, bool parents) {
  auto reply = entry.link->call(parents ? wire::kClientParent : wire::kClientChildren, entry.id);
  if (reply.result != kIOReturnSuccess) return {};
  if (!parents) return entriesIn(entry.link, reply.payload).value_or(std::vector<std::shared_ptr<Entry>>());
  auto parent = entryIn(entry.link, reply.payload);
  return parent ? std::vector{parent} : std::vector<std::shared_ptr<Entry>>();
}

// Nearest first.
CfRef search(const Entry & entry, const std::string & key, IOOptionBits options) {
  if (auto found = propertyOf(entry, key)) return found;
  if (!(options & kIORegistryIterateRecursively)) return {};
  for (auto & relative : relativesOf(entry, (options & kIORegistryIterateParents) != 0))
    if (auto found = search(*relative, key, options)) return found;
  return {};
}

}  // namespace

extern "C" {

kern_return_t IOObjectRelease(io_object_t object) {
  return releaseHandle(object) ? kIOReturnSuccess : kIOReturnBadArgument;
}

kern_return_t IOObjectRetain(io_object_t object) {
  return retainHandle(object) ? kIOReturnSuccess : kIOReturnBadArgument;
}

boolean_t IOObjectConformsTo(io_object_t object, const io_name_t className) {
  auto known = handle(object);
  if (!known || !className) return false;
  auto classes = known->classes();
  return std::find(classes.begin(), classes.end(), className) != classes.end();
}

kern_return_t IOObjectGetClass(io_object_t object, io_name_t className) {
  auto known = handle(object);
  if (!known || !className) return kIOReturnBadArgument;
  auto classes = known->classes();
  giveName(classes.empty() ? "" : classes.front(), className);
  return kIOReturnSuccess;
}

kern_return_t IORegistryEntryGetName(io_registry_entry_t entry, io_name_t name) {
  auto known = handleAs<Entry>(entry);
  if (!known || !name) return kIOReturnBadArgument;
  giveName(known->name, name);
  return kIOReturnSuccess;
}

kern_return_t IORegistryEntryGetRegistryEntryID(io_registry_entry_t entry, uint64_t * entryID) {
  auto known = handleAs<Entry>(entry);
  if (!known || !entryID) return kIOReturnBadArgument;
  *entryID = known->id;
  return kIOReturnSuccess;
}

kern_return_t IORegistryEntryGetParentEntry(io_registry_entry_t entry, const io_name_t plane,
                                            io_registry_entry_t * parent) {
  auto known = handleAs<Entry>(entry);
  if (!known || !parent) return kIOReturnBadArgument;
  if (auto result = checkPlane(plane); result != kIOReturnSuccess) return result;
  auto reply = known->link->call(wire::kClientParent, known->id);
  if (reply.result != kIOReturnSuccess) return reply.result;
  auto found = entryIn(known->link, reply.payload);
  if (!found) return kIOReturnInternalError;
  *parent = addHandle(std::move(found));
  return kIOReturnSuccess;
}

kern_return_t IORegistryEntryGetChildIterator(io_registry_entry_t entry, const io_name_t plane,
                                              io_iterator_t * iterator) {
  auto known = handleAs<Entry>(entry);
  if (!known || !iterator) return kIOReturnBadArgument;
  if (auto result = checkPlane(plane); result != kIOReturnSuccess) return result;
  auto reply = known->link->call(wire::kClientChildren, known->id);
  if (reply.result != kIOReturnSuccess) return reply.result;
  auto children = entriesIn(known->link, reply.payload);
  if (!children) return kIOReturnInternalError;
  *iterator = addHandle(std::make_shared<Iterator>(std::move(*children)));
  return kIOReturnSuccess;
}

CFTypeRef IORegistryEntryCreateCFProperty(io_registry_entry_t entry, CFStringRef key, CFAllocatorRef, IOOptionBits) {
  auto known = handleAs<Entry>(entry);
  auto * name = objectOf(key, CfObject::Type::String);
  return known && name ? propertyOf(*known, name->text).take() : nullptr;
}

kern_return_t IORegistryEntryCreateCFProperties(io_registry_entry_t entry, CFMutableDictionaryRef * properties,
                                                CFAllocatorRef, IOOptionBits) {
  auto known = handleAs<Entry>(entry);
  if (!known || !properties) return kIOReturnBadArgument;
  kern_return_t result;
  *properties = reinterpret_cast<CFMutableDictionaryRef>(propertiesOf(*known, result).take());
  return result;
}

CFTypeRef IORegistryEntrySearchCFProperty(io_registry_entry_t entry, const io_name_t plane, CFStringRef key,
                                          CFAllocatorRef, IOOptionBits options) {
  auto known = handleAs<Entry>(entry);
  auto * name = objectOf(key, CfObject::Type::String);
  if (!known || !name || checkPlane(plane) != kIOReturnSuccess) return nullptr;
  return search(*known, name->text, options).take();
}

}  // extern "C"
