// object.cpp — objects: allocated with a header in front, counted, freed once.

#include <DriverKit/OSObject.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "host/runtime/calls/object_table.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/rules.h"

using namespace multiport::runtime;

namespace {

constexpr size_t kProxyPadding = 512;
constexpr uint32_t kImpossibleCount = 1u << 24;

// The free() calls under way in this thread, innermost first.
struct Freeing {
  const OSMetaClassBase * object;
  Freeing * outer;
  bool isDisposed = false;
};
thread_local Freeing * innermost = nullptr;

OSObject * allocate(OSMetaClass * metaClass, bool isRemote) {
  size_t size = sizeof(Header) + metaClass->description().instanceSize + (isRemote ? kProxyPadding : 0);
  auto * header = static_cast<Header *>(std::calloc(1, size));
  if (!header) return nullptr;
  auto * object = reinterpret_cast<OSObject *>(header + 1);
  header->metaClass = metaClass;
  header->references.store(1, std::memory_order_relaxed);
  header->isAlive.store(true, std::memory_order_relaxed);
  header->isRemote = isRemote;
  if (metaClass->New(object) == kIOReturnSuccess) return object;
  std::free(header);
  return nullptr;
}

// Freed objects stay for a while with their last count, so that who uses one still is told so instead of crashing. Not
// for AddressSanitizer, which tells more.
void freeLater(Header * header) {
#if __has_feature(address_sanitizer)
  std::free(header);
#else
  constexpr size_t kKept = 1024;
  static std::mutex mutex;
  static auto & kept = *new std::array<Header *, kKept>{};  // lives as long as any thread
  static size_t next = 0;
  std::lock_guard lock(mutex);
  std::free(std::exchange(kept[next], header));
  next = (next + 1) % kKept;
#endif
}

const char * className(const OSMetaClassBase * object) { return headerOf(object).metaClass->description().name; }

// The last reference is gone.
void freeObject(OSObject * object) {
  Freeing freeing{object, innermost};
  std::string name = className(object);
  innermost = &freeing;
  object->free();
  innermost = freeing.outer;
  if (!freeing.isDisposed) breakRule(rule::kSuperFree, name + "::free() did not reach OSObject::free()");
}

}  // namespace

namespace multiport::runtime {

OSObject * allocateProxy(OSMetaClass * metaClass) { return allocate(metaClass, true); }

bool retainUnlessDying(const OSMetaClassBase * object) {
  auto & references = headerOf(object).references;
  uint32_t count = references.load(std::memory_order_relaxed);
  while (count != 0)
    if (references.compare_exchange_weak(count, count + 1, std::memory_order_relaxed)) return true;
  return false;
}

std::string nameOf(const OSMetaClassBase * object) {
  if (!object) return "(null)";
  char text[160];
  auto & header = headerOf(object);
  if (uint64_t id = header.id.load(std::memory_order_relaxed))
    std::snprintf(text, sizeof text, "%s 0x%llx", className(object), static_cast<unsigned long long>(id));
  else
    std::snprintf(text, sizeof text, "%s %p", className(object), static_cast<const void *>(object));
  return text;
}

State * findState(const OSMetaClassBase * object, const void * kind) {
  auto * state = headerOf(object).states.load(std::memory_order_acquire);
  while (state && state->kind != kind) state = state->next;
  return state;
}

State * attachState(const OSMetaClassBase * object, const void * kind, std::unique_ptr<State> state) {
  auto & first = headerOf(object).states;
  state->kind = kind;
  state->next = first.load(std::memory_order_acquire);
  do {
    if (auto * found = findState(object, kind)) return found;
  } while (!first.compare_exchange_weak(state->next, state.get(), std::memory_order_acq_rel));
  return state.release();
}

void dispose(OSObject * object) {
  auto & header = headerOf(object);
  if (!header.isAlive.exchange(false, std::memory_order_acq_rel))
    breakRule(rule::kUseAfterFree, std::string(className(object)) + " was freed twice");
  if (header.id.load(std::memory_order_acquire)) ObjectTable::get().forget(object);
  for (auto * state = header.states.exchange(nullptr, std::memory_order_acq_rel); state;) {
    auto * next = state->next;
    delete state;
    state = next;
  }
  for (auto * freeing = innermost; freeing; freeing = freeing->outer)
    if (freeing->object == object) freeing->isDisposed = true;
  freeLater(&header);
}

}  // namespace multiport::runtime

OSObject * OSMetaClass::allocate() { return ::allocate(this, false); }

void OSMetaClassBase::retain() const {
  uint32_t before = headerOf(this).references.fetch_add(1, std::memory_order_relaxed);
  if (before == 0 || before >= kImpossibleCount)
    breakRule(rule::kUseAfterFree, std::string(className(this)) + "::retain() behind its last release");
}

void OSMetaClassBase::release() const {
  uint32_t before = headerOf(this).references.fetch_sub(1, std::memory_order_acq_rel);
  if (before == 0 || before >= kImpossibleCount)
    breakRule(rule::kOverRelease, std::string(className(this)) + "::release()");
  if (before == 1) freeObject(static_cast<OSObject *>(const_cast<OSMetaClassBase *>(this)));
}

bool OSMetaClassBase::isEqualTo(const OSMetaClassBase * other) const { return this == other; }

bool OSMetaClassBase::IsRemote() const { return headerOf(this).isRemote; }

bool OSObject::init() {
  headerOf(this).isInitialised.store(true, std::memory_order_relaxed);
  return true;
}

void OSObject::free() { dispose(this); }

void OSObject::retain() const { OSMetaClassBase::retain(); }

void OSObject::release() const { OSMetaClassBase::release(); }
