#include "Mistaken.h"

#include <DriverKit/DriverKit.h>
#include <limits.h>
#include <string.h>

// volatile: the compiler must not see through any of it.

static void useAfterFree() {
  volatile int * number = new int(1);
  delete number;
  *number = 2;
}

static void overflow() {
  volatile int most = INT_MAX;
  most = most + 1;
}

static void leak() {
  int * volatile lost = new int[1000];
  lost = nullptr;
}

static volatile int shared;

// Two queues, nothing between them, long enough to be at it at once.
static void race() {
  for (const char * name : {"one", "two"}) {
    IODispatchQueue * queue = nullptr;
    if (IODispatchQueue::Create(name, 0, 0, &queue) != kIOReturnSuccess) return;
    queue->DispatchAsync(^{
      for (int i = 0; i < 10'000'000; i++) shared = shared + 1;
    });
    queue->release();
  }
}

static bool makes(IOService * service, const char * mistake) {
  OSDictionary * properties = nullptr;
  if (service->CopyProperties(&properties) != kIOReturnSuccess) return false;
  OSString * property = OSDynamicCast(OSString, properties->getObject("Mistake"));
  bool does = property && strcmp(property->getCStringNoCopy(), mistake) == 0;
  properties->release();
  return does;
}

kern_return_t IMPL(Mistaken, Start) {
  kern_return_t result = Start(provider, SUPERDISPATCH);
  if (result != kIOReturnSuccess) return result;
  if (makes(this, "race")) race();
  return RegisterService();
}

// Here, because who dies before is started again and again.
kern_return_t IMPL(Mistaken, Stop) {
  if (makes(this, "use-after-free")) useAfterFree();
  if (makes(this, "overflow")) overflow();
  if (makes(this, "leak")) leak();
  return Stop(provider, SUPERDISPATCH);
}
