// header.h — what the runtime knows about an object. It lies in front of the object, where no constructor of a
// generated class can touch it.
#pragma once

#include <DriverKit/OSMetaClass.h>

#include <atomic>
#include <string>

#include "host/runtime/objects/state.h"

namespace multiport::runtime {

struct alignas(16) Header {
  OSMetaClass * metaClass;
  std::atomic<uint32_t> references;
  std::atomic<bool> isAlive;
  std::atomic<bool> isInitialised;  // OSObject::init was reached
  bool isRemote;                    // a proxy: it lives in another process, or in the kernel
  std::atomic<uint64_t> id;         // on the wire; 0: never left this process
  uint32_t received;  // references the kernel side has sent of it, to be given back. Guarded by the object table
  uint32_t exported;  // references of it that others hold. Guarded by the object table
  std::atomic<State *> states;
};
static_assert(sizeof(Header) % 16 == 0);

inline Header & headerOf(const OSMetaClassBase * object) {
  return *(reinterpret_cast<Header *>(const_cast<OSMetaClassBase *>(object)) - 1);
}

// Its number on the wire; 0: it never left this process.
inline uint64_t idOf(const OSMetaClassBase * object) { return headerOf(object).id.load(std::memory_order_acquire); }

// One reference more, unless the last one is gone already.
bool retainUnlessDying(const OSMetaClassBase * object);

// A proxy of class `metaClass`: one reference, and zeroes behind it, so that a LOCALONLY method of a class further down
// finds null ivars, as on macOS.
OSObject * allocateProxy(OSMetaClass * metaClass);

// "PortNub 0x100000123", for messages to people.
std::string nameOf(const OSMetaClassBase * object);

// The end of OSObject::free().
void dispose(OSObject * object);

}  // namespace multiport::runtime
