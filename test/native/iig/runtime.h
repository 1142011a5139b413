// runtime.h — as much of a runtime as generated code needs to run in one process: calls arrive where they were made.
#pragma once

#include <DriverKit/OSMetaClass.h>

#include <string>
#include <vector>

struct Sent {
  uint64_t method;
  uint32_t flags;
  uint32_t objectRefs;
  OSMetaClassBase * self;
};

// Calls that OSKernelCall was given, and how it answers: `reply` is copied behind the header.
inline std::vector<Sent> sentToKernel;
inline std::vector<unsigned char> kernelReply;

// What an action was made with.
struct Made {
  OSMetaClassBase * action;
  OSMetaClassBase * target;
  uint64_t targetMethod, method;
  size_t referenceSize;
  std::string typeName;
};
inline std::vector<Made> actionsMade;

// References taken, less those given back.
inline int references = 0;
// What the last message that was invoked answered, one-way ones too.
inline kern_return_t lastResult = 0;
