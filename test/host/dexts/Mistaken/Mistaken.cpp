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

// Two queues, nothing between them.
static void race() {
  for (const char * name : {"one", "two"}) {
    IODispatchQueue * queue = nullptr;
    if (IODispatchQueue::Create(name, 0, 0, &queue) != kIOReturnSuccess) return;
    for (int i = 0; i < 1000; i++)
      queue->DispatchAsync(^{
        shared = shared + 1;
      });
    queue->release();
  }
}

kern_return_t IMPL(Mistaken, Start) {
  kern_return_t result = Start(provider, SUPERDISPATCH);
  return result == kIOReturnSuccess ? RegisterService() : result;
}

// Here, because who dies before is started again and again.
kern_return_t IMPL(Mistaken, Stop) {
  OSDictionary * properties = nullptr;
  if (CopyProperties(&properties) == kIOReturnSuccess) {
    OSString * property = OSDynamicCast(OSString, properties->getObject("Mistake"));
    const char * mistake = property ? property->getCStringNoCopy() : "";
    if (strcmp(mistake, "use-after-free") == 0) useAfterFree();
    if (strcmp(mistake, "overflow") == 0) overflow();
    if (strcmp(mistake, "leak") == 0) leak();
    if (strcmp(mistake, "race") == 0) race();
  }
  OSSafeReleaseNULL(properties);
  return Stop(provider, SUPERDISPATCH);
}
