// OSMetaClass.h — what every DriverKit object has: references, a class at run time, and the way a call takes to it.
//
// The generated half of a class (tools/iig) uses the names here; the runtime (dext/host/runtime) implements them.
#pragma once

#include <DriverKit/IORPC.h>
#include <DriverKit/IOTypes.h>

#include <atomic>

class OSMetaClass;
class OSObject;

class OSMetaClassBase {
 public:
  virtual void retain() const;
  virtual void release() const;
  virtual bool isEqualTo(const OSMetaClassBase * other) const;
  virtual const OSMetaClass * getMetaClass() const = 0;

  // A message for this object, on the thread that is to run it.
  virtual kern_return_t Dispatch(const IORPC rpc);
  // A message for this object from anywhere: finds the queue, or the process, that is to run it.
  virtual kern_return_t Invoke(const IORPC rpc);
  // The object lives in another process or in the kernel; this is its proxy.
  bool IsRemote() const;

  // `instance` when it is of the class, or of one derived from it; null otherwise, and for null.
  static OSMetaClassBase * safeMetaCast(const OSMetaClassBase * instance, const OSMetaClass * metaClass);
  // The same; a wrong class ends the process with its name.
  static OSMetaClassBase * requiredMetaCast(const OSMetaClassBase * instance, const OSMetaClass * metaClass);

 protected:
  OSMetaClassBase() = default;
  virtual ~OSMetaClassBase() = default;
};

// What generated classes derive from for their LOCALONLY virtual methods.
class OSInterface {
 protected:
  virtual ~OSInterface() = default;
};

struct OSMethodDescription {
  uint64_t id;                  // <Class>_<Method>_ID
  const char * queueName;       // QUEUENAME, or null
  const char * name = nullptr;  // for messages to people
};

enum : uint32_t {
  kOSClassCanRemote = 1u << 0,  // a process may hold a proxy of this class
};

struct OSClassDescription {
  const char * name;
  const char * superName;  // null for OSObject
  const OSMethodDescription * methods;
  size_t methodCount;
  uint32_t flags;  // kOSClass…
  size_t instanceSize;
};

// A class at run time: made once by generated code, never freed.
class OSMetaClass : public OSMetaClassBase {
 public:
  // Makes an object of the class in `instance`, zeroed memory of description().instanceSize bytes.
  virtual kern_return_t New(OSObject * instance) = 0;

  // An object with one reference, not yet init()ed; null when there is no memory.
  OSObject * allocate();
  const OSClassDescription & description() const { return *description_; }
  // The class above, or null.
  const OSMetaClass * superClass() const;
  // The registered class of that name, or null.
  static OSMetaClass * find(const char * name);

  void retain() const override {}
  void release() const override {}
  const OSMetaClass * getMetaClass() const override { return this; }
  kern_return_t Invoke(const IORPC rpc) override { return Dispatch(rpc); }

 private:
  friend OSMetaClass * OSRegisterClass(OSMetaClass * metaClass, const OSClassDescription * description);
  friend struct OSClassCache;
  const OSClassDescription * description_ = nullptr;
  mutable std::atomic<const struct OSClassCache *> cache_{nullptr};  // made when first asked for
};

// Enters a class into the table of classes; returns it. Called before main by generated code.
OSMetaClass * OSRegisterClass(OSMetaClass * metaClass, const OSClassDescription * description);

inline OSObjectRef OSObjectRefOf(const OSMetaClassBase * object) { return reinterpret_cast<OSObjectRef>(object); }
inline OSMetaClassBase * OSObjectOf(OSObjectRef reference) { return reinterpret_cast<OSMetaClassBase *>(reference); }

// Sends a message to the kernel side's half of `self`, or to the class itself when `self` is null.
kern_return_t OSKernelCall(OSMetaClassBase * self, const IORPC rpc);

#define OSTypeID(type) (g##type##MetaClass)
#define OSDynamicCast(type, instance) ((type *)OSMetaClassBase::safeMetaCast((instance), OSTypeID(type)))
#define OSRequiredCast(type, instance) ((type *)OSMetaClassBase::requiredMetaCast((instance), OSTypeID(type)))
#define OSTypeAlloc(type) ((type *)OSTypeID(type)->allocate())
