// metaclass.cpp — the classes of this process by name, and casts.

#include <map>
#include <string_view>
#include <unordered_map>

#include "host/runtime/objects/classes.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/rules.h"

using multiport::runtime::MethodInfo;

namespace multiport::runtime {

namespace {

// Filled before main, by initialisers in any order.
std::map<std::string_view, OSMetaClass *> & classes() {
  static auto * all = new std::map<std::string_view, OSMetaClass *>;
  return *all;
}

}  // namespace

}  // namespace multiport::runtime

// What follows from the descriptions of a class and those above it.
struct OSClassCache {
  const OSMetaClass * superClass;
  std::unordered_map<uint64_t, MethodInfo> methods;

  static const OSClassCache & of(const OSMetaClass * metaClass) {
    if (auto * cache = metaClass->cache_.load(std::memory_order_acquire)) return *cache;
    auto * made = new OSClassCache(metaClass);
    const OSClassCache * expected = nullptr;
    if (metaClass->cache_.compare_exchange_strong(expected, made, std::memory_order_acq_rel)) return *made;
    delete made;
    return *expected;
  }

 private:
  // The nearest class that describes a method says its queue.
  explicit OSClassCache(const OSMetaClass * metaClass)
      : superClass(metaClass->description_->superName ? OSMetaClass::find(metaClass->description_->superName)
                                                      : nullptr) {
    for (auto * each = metaClass; each; each = OSMetaClass::find(each->description().superName)) {
      for (size_t i = 0; i < each->description().methodCount; i++) {
        auto & method = each->description().methods[i];
        auto [entry, isNew] = methods.try_emplace(method.id, MethodInfo{method.queueName, each, false});
        if (!isNew) entry->second.isOverridden = true;
        if (!entry->second.queueName) entry->second.queueName = method.queueName;
      }
      if (!each->description().superName) break;
    }
  }
};

namespace multiport::runtime {

MethodInfo methodOf(const OSMetaClass * metaClass, uint64_t method) {
  auto & methods = OSClassCache::of(metaClass).methods;
  auto found = methods.find(method);
  return found == methods.end() ? MethodInfo{} : found->second;
}

bool hasQueueName(const OSMetaClass * metaClass, std::string_view name) {
  for (; metaClass; metaClass = metaClass->superClass()) {
    auto & description = metaClass->description();
    for (size_t i = 0; i < description.methodCount; i++)
      if (description.methods[i].queueName && name == description.methods[i].queueName) return true;
  }
  return false;
}

std::vector<const OSClassDescription *> allClasses() {
  std::vector<const OSClassDescription *> all;
  for (auto & [name, metaClass] : classes()) all.push_back(&metaClass->description());
  return all;
}

}  // namespace multiport::runtime

using namespace multiport::runtime;

OSMetaClass * OSRegisterClass(OSMetaClass * metaClass, const OSClassDescription * description) {
  metaClass->description_ = description;
  classes()[description->name] = metaClass;
  return metaClass;
}

OSMetaClass * OSMetaClass::find(const char * name) {
  auto found = classes().find(name);
  return found == classes().end() ? nullptr : found->second;
}

const OSMetaClass * OSMetaClass::superClass() const { return OSClassCache::of(this).superClass; }

kern_return_t OSMetaClassBase::Dispatch(const IORPC) { return kIOReturnUnsupported; }

OSMetaClassBase * OSMetaClassBase::safeMetaCast(const OSMetaClassBase * instance, const OSMetaClass * metaClass) {
  if (!instance) return nullptr;
  for (auto * mine = instance->getMetaClass(); mine; mine = mine->superClass())
    if (mine == metaClass) return const_cast<OSMetaClassBase *>(instance);
  return nullptr;
}

OSMetaClassBase * OSMetaClassBase::requiredMetaCast(const OSMetaClassBase * instance, const OSMetaClass * metaClass) {
  auto * cast = safeMetaCast(instance, metaClass);
  if (!cast) breakRule(rule::kRequiredCast, nameOf(instance) + " is no " + metaClass->description().name);
  return cast;
}
