// runtime.cpp — the names of the runtime that generated code uses, at their simplest.
#include "iig/runtime.h"

#include <DriverKit/IODispatchQueue.h>
#include <DriverKit/OSAction.h>
#include <DriverKit/OSString.h>
#include <stdlib.h>
#include <string.h>

#include <map>

namespace {

std::map<std::string, OSMetaClass *> & classes() {
  static std::map<std::string, OSMetaClass *> all;  // made on first use: classes register before main
  return all;
}

}  // namespace

OSMetaClass * OSRegisterClass(OSMetaClass * metaClass, const OSClassDescription * description) {
  metaClass->description_ = description;
  return classes()[description->name] = metaClass;
}

OSObject * OSMetaClass::allocate() {
  static auto & all = *new std::vector<OSObject *>;  // nobody frees them; they stay reachable to the end
  auto * object = all.emplace_back(static_cast<OSObject *>(calloc(1, description_->instanceSize)));
  if (New(object) != kIOReturnSuccess) return nullptr;
  return object->init() ? object : nullptr;
}

const OSMetaClass * OSMetaClass::superClass() const {
  return description_->superName ? find(description_->superName) : nullptr;
}

OSMetaClass * OSMetaClass::find(const char * name) {
  auto found = classes().find(name);
  return found == classes().end() ? nullptr : found->second;
}

void OSMetaClassBase::retain() const { ++references; }
void OSMetaClassBase::release() const { --references; }
bool OSMetaClassBase::isEqualTo(const OSMetaClassBase * other) const { return this == other; }
kern_return_t OSMetaClassBase::Dispatch(const IORPC) { return kIOReturnUnsupported; }

// An action passes the message on to its target, under the id of the target's method; everything else is called in
// place.
kern_return_t OSMetaClassBase::Invoke(const IORPC rpc) {
  for (const Made & made : actionsMade) {
    if (made.action != this || made.method != rpc.message->method) continue;
    rpc.message->method = made.targetMethod;
    return lastResult = made.target->Dispatch(rpc);
  }
  return lastResult = Dispatch(rpc);
}

OSMetaClassBase * OSMetaClassBase::safeMetaCast(const OSMetaClassBase * instance, const OSMetaClass * metaClass) {
  for (auto * each = instance ? instance->getMetaClass() : nullptr; each; each = each->superClass())
    if (each == metaClass) return const_cast<OSMetaClassBase *>(instance);
  return nullptr;
}

kern_return_t OSKernelCall(OSMetaClassBase * self, const IORPC rpc) {
  sentToKernel.push_back({rpc.message->method, rpc.message->flags, rpc.message->objectRefs, self});
  if (rpc.reply) memcpy(rpc.reply + 1, kernelReply.data(), kernelReply.size());
  return kIOReturnSuccess;
}

bool OSObject::init() { return true; }
void OSObject::free() {}
void OSObject::retain() const { OSMetaClassBase::retain(); }
void OSObject::release() const { OSMetaClassBase::release(); }

bool OSAction::init() { return super::init(); }
void OSAction::free() {}
void OSAction::Aborted_Impl() {}
kern_return_t OSAction::Create_Impl(OSObject *, uint64_t, uint64_t, size_t, OSAction **) {
  return kIOReturnUnsupported;
}
kern_return_t OSAction::CreateWithTypeName_Impl(OSObject * target, uint64_t targetmsgid, uint64_t msgid,
                                                size_t referenceSize, OSString * typeName, OSAction ** action) {
  *action = static_cast<OSAction *>(OSMetaClass::find(typeName->getCStringNoCopy())->allocate());
  actionsMade.push_back({*action, target, targetmsgid, msgid, referenceSize, typeName->getCStringNoCopy()});
  return kIOReturnSuccess;
}

bool IODispatchQueue::init() { return super::init(); }
void IODispatchQueue::free() {}
kern_return_t IODispatchQueue::Create_Impl(const IODispatchQueueName, uint64_t, uint64_t, IODispatchQueue **) {
  return kIOReturnUnsupported;
}

// OSString, hand-written in the SDK: only what names an action.
class OSContainerMetaClass : public OSMetaClass {
  kern_return_t New(OSObject *) override { return kIOReturnUnsupported; }
};
class OSStringMetaClass : public OSMetaClass {
  kern_return_t New(OSObject * instance) override {
    ::new (static_cast<void *>(instance)) OSString;
    return kIOReturnSuccess;
  }
};
static const OSClassDescription kContainer = {"OSContainer", "OSObject", nullptr, 0, 0, sizeof(OSContainer)};
static const OSClassDescription kString = {"OSString", "OSContainer", nullptr, 0, 0, sizeof(OSString)};
OSMetaClass * gOSContainerMetaClass = OSRegisterClass(new OSContainerMetaClass, &kContainer);
OSMetaClass * gOSStringMetaClass = OSRegisterClass(new OSStringMetaClass, &kString);
struct OSString_IVars {
  std::string text;
};
OSString * OSString::withCString(const char * text) {
  auto * string = OSTypeAlloc(OSString);
  string->ivars = new OSString_IVars{text};
  return string;
}
const char * OSString::getCStringNoCopy() const { return ivars->text.c_str(); }
bool OSString::isEqualTo(const OSMetaClassBase * other) const { return this == other; }
void OSString::free() { delete ivars; }
