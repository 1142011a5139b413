// generated_test.cpp — methods of generated classes called as the code of a dext calls them.

#include <doctest/doctest.h>
#include <string.h>

#include "iig/runtime.h"
#include "iig/sample.h"

TEST_CASE("values and structures arrive as they were sent, and so do answers") {
  Sample * sample = OSTypeAlloc(Sample);
  bool isRed = false;
  uint64_t sum = 0;
  SamplePoint moved{}, origin{1, 2};
  CHECK(sample->Values(true, kSampleRed, {10, 20}, &origin, &isRed, &sum, &moved) == kIOReturnSuccess);
  CHECK(seen.flag);
  CHECK(seen.color == kSampleRed);
  CHECK(seen.origin.y == 2);
  CHECK(isRed);
  CHECK(sum == 30);
  CHECK(moved.y == 18);
}

TEST_CASE("answers nobody wants may be null, what is sent may not") {
  Sample * sample = OSTypeAlloc(Sample);
  SamplePoint origin{};
  CHECK(sample->Values(false, kSampleBlue, {}, &origin, nullptr, nullptr, nullptr) == kIOReturnSuccess);
  CHECK(sample->Values(false, kSampleBlue, {}, nullptr, nullptr, nullptr, nullptr) == kIOReturnBadArgument);
  CHECK(sample->Texts(nullptr, nullptr, "", nullptr) == kIOReturnBadArgument);
  CHECK(sample->Arrays(nullptr, 1, nullptr, nullptr, nullptr) == kIOReturnBadArgument);
}

TEST_CASE("a text that does not fit is refused, and one that comes back is terminated") {
  Sample * sample = OSTypeAlloc(Sample);
  uint32_t length = 0;
  SampleName copy;
  CHECK(sample->Texts("1234567", copy, "path", &length) == kIOReturnSuccess);
  CHECK(length == 11);
  CHECK(strlen(copy) == 7);
  CHECK(sample->Texts("12345678", copy, "path", &length) == kIOReturnBadArgument);
  CHECK(sample->Texts(std::string(500, 'x').c_str(), copy, "path", &length) == kIOReturnBadArgument);
}

TEST_CASE("arrays arrive with their count, and a count beyond the array is refused") {
  Sample * sample = OSTypeAlloc(Sample);
  const uint32_t numbers[] = {2, 3, 4, 5};
  const uint8_t bytes[] = {1, 1, 1};
  uint16_t squares[4] = {9, 9, 9, 9};
  uint32_t sum = 0;
  CHECK(sample->Arrays(numbers, 3, squares, bytes, &sum) == kIOReturnSuccess);
  CHECK(sum == 12);
  CHECK(squares[2] == 16);
  CHECK(sample->Arrays(numbers, 0, squares, bytes, &sum) == kIOReturnSuccess);
  CHECK(sample->Arrays(nullptr, 0, nullptr, bytes, &sum) == kIOReturnSuccess);
  CHECK(sample->Arrays(numbers, 5, squares, bytes, &sum) == kIOReturnBadArgument);
  CHECK(sample->Arrays(numbers, -1, squares, bytes, &sum) == kIOReturnBadArgument);
}

TEST_CASE("objects arrive as objects, null as null, and one of a wrong class is refused") {
  Sample *sample = OSTypeAlloc(Sample), *again = nullptr;
  OSObject * first = nullptr;
  OSObject * more[2] = {sample, nullptr};
  CHECK(sample->Objects(sample, sample, more, 1, &first, &again) == kIOReturnSuccess);
  CHECK(seen.first == sample);
  CHECK(seen.more[0] == sample);
  CHECK(again == sample);
  CHECK(sample->Objects(nullptr, nullptr, more, 0, &first, &again) == kIOReturnSuccess);
  CHECK(first == nullptr);
  CHECK(sample->Objects(nullptr, reinterpret_cast<Sample *>(OSTypeAlloc(Remote)), more, 0, &first, &again) ==
        kIOReturnBadArgument);
  CHECK(sample->Objects(nullptr, nullptr, more, 3, &first, &again) == kIOReturnBadArgument);
}

TEST_CASE("a returned object that nobody takes is released, and a failed call returns none") {
  Sample * sample = OSTypeAlloc(Sample);
  OSObject * more[2] = {};
  references = 0;
  CHECK(sample->Objects(sample, nullptr, more, 0, nullptr, nullptr) == kIOReturnSuccess);
  CHECK(references == 0);
  OSObject * untouched = sample;
  CHECK(sample->Objects(nullptr, nullptr, more, 2, &untouched, nullptr) == kIOReturnBusy);
  CHECK(untouched == sample);
}

TEST_CASE("an override is called through the class above, and SUPERDISPATCH calls what it overrides") {
  Derived * derived = OSTypeAlloc(Derived);
  Sample * sample = derived;
  uint32_t value = 0;
  CHECK(sample->Peek(&value) == kIOReturnSuccess);
  CHECK(value == 107);
  sample->Poke(4);
  CHECK(seen.poked == 5);
  CHECK(sample->Value() == 14);
  CHECK(sample->PlainValue() == 8);
}

TEST_CASE("parameters may be called like the words of the generated code") {
  uint32_t sum = 0;
  CHECK(OSTypeAlloc(Sample)->Clash(1, 2, 3, 4, 5, 6, 7, 8, &sum) == kIOReturnSuccess);
  CHECK(sum == 36);
}

TEST_CASE("a static method makes an object without having one") {
  Sample * made = nullptr;
  CHECK(Sample::Make(42, &made) == kIOReturnSuccess);
  CHECK(made->Value() == 42);
}

TEST_CASE(
    "CreateAction makes an action of the class that names target and method, and completing it calls the method") {
  Sample *owner = OSTypeAlloc(Sample), *source = OSTypeAlloc(Sample);
  OSAction * action = nullptr;
  CHECK(owner->CreateActionOnDone(16, &action) == kIOReturnSuccess);
  const Made & made = actionsMade.back();
  CHECK(made.target == owner);
  CHECK(made.targetMethod == Sample_OnDone_ID);
  CHECK(made.method == Sample_Done_ID);
  CHECK(made.referenceSize == 16);
  CHECK(made.typeName == "OSAction_Sample_OnDone");
  CHECK(OSDynamicCast(OSAction_Sample_OnDone, action) == action);
  source->Done(action, 8);
  CHECK(lastResult == kIOReturnSuccess);
  CHECK(seen.poked == 9);
}

TEST_CASE("an action of another class than the callback's is refused, as a made-up one is on macOS") {
  Sample * owner = OSTypeAlloc(Sample);
  OSAction * plain = OSTypeAlloc(OSAction);
  seen.poked = 0;
  owner->OnDone(plain, 8);
  CHECK(lastResult == kIOReturnBadArgument);
  CHECK(seen.poked == 0);
  owner->Done(nullptr, 8);  // completes nothing, and harms nothing
}

TEST_CASE("a method of a KERNEL class goes to the kernel, unless it is LOCAL or somebody overrides it") {
  Remote * remote = OSTypeAlloc(Remote);
  NearRemote * near = OSTypeAlloc(NearRemote);
  uint32_t answer = 0;
  kernelReply = {5, 0, 0, 0};
  sentToKernel.clear();
  CHECK(remote->Ask(1, &answer) == kIOReturnSuccess);
  CHECK(answer == 5);
  REQUIRE(sentToKernel.size() == 1);
  CHECK(sentToKernel[0].method == Remote_Ask_ID);
  CHECK((sentToKernel[0].method & kIORPCMessageIDKernel) != 0);
  CHECK(sentToKernel[0].self == remote);
  CHECK(remote->Here(&answer) == kIOReturnSuccess);
  CHECK(answer == 1);
  CHECK(remote->Nobody(&answer) == kIOReturnUnsupported);
  CHECK(near->Nobody(&answer) == kIOReturnSuccess);
  CHECK(near->Ask(3, &answer) == kIOReturnSuccess);
  CHECK(answer == 3);
  CHECK(sentToKernel.size() == 1);
  CHECK(near->Ask(0, &answer) == kIOReturnSuccess);  // SUPERDISPATCH of a kernel method
  CHECK(sentToKernel.size() == 2);
}

TEST_CASE("a static method of a KERNEL class goes to the kernel without an object, and its answer is checked") {
  Remote * made = nullptr;
  OSObjectRef answer = OSObjectRefOf(OSTypeAlloc(Sample));
  kernelReply.assign(reinterpret_cast<unsigned char *>(&answer), reinterpret_cast<unsigned char *>(&answer + 1));
  references = 0;
  sentToKernel.clear();
  CHECK(Remote::Create(1, &made) == kIOReturnBadArgument);
  CHECK(made == nullptr);
  CHECK(references == -1);  // the wrong object was given back
  CHECK(sentToKernel[0].self == nullptr);
  CHECK(sentToKernel[0].objectRefs == 1);
}

TEST_CASE("a class says its name, its super, its methods with their queues, and whether others may see a proxy of it") {
  const OSClassDescription & sample = OSTypeID(Sample)->description();
  CHECK(std::string(sample.name) == "Sample");
  CHECK(std::string(sample.superName) == "OSObject");
  CHECK(sample.flags == 0);
  CHECK(sample.instanceSize == sizeof(Sample));
  CHECK(OSTypeID(Remote)->description().flags == kOSClassCanRemote);
  CHECK(OSTypeID(OSObject)->description().superName == nullptr);
  std::string queues;
  for (size_t i = 0; i < sample.methodCount; ++i)
    if (sample.methods[i].queueName)
      queues += std::string(sample.methods[i].name) + " on " + sample.methods[i].queueName + ", ";
  CHECK(queues == "Poke on Work, OnDone on Work, ");
  CHECK(OSTypeID(Derived)->description().methods[0].id == Sample_Peek_ID);
}
