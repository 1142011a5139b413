// messages_test.cpp — messages as another process could send them: what generated code believes of them.

#include <doctest/doctest.h>
#include <string.h>

#include "iig/runtime.h"
#include "iig/sample.h"

namespace {

// Sends `message` to a Sample as another process could.
template <typename Message, typename Reply>
kern_return_t send(Message & message, uint32_t sendSize, Reply & reply, uint32_t replySize, uint64_t method) {
  message.header = {method, 0, message.header.objectRefs, sendSize, 0};
  return OSTypeAlloc(Sample)->Dispatch({&message.header, &reply.header, sendSize, replySize});
}

}  // namespace

TEST_CASE("a message of another size, with other references or room for the answer, is refused") {
  Sample_Peek_Msg message{};
  Sample_Peek_Rpl reply{};
  message.header.objectRefs = 1;
  CHECK(send(message, sizeof message, reply, sizeof reply, Sample_Peek_ID) == kIOReturnSuccess);
  CHECK(reply.value == 7);
  CHECK(send(message, sizeof message, reply, sizeof reply + 64, Sample_Peek_ID) == kIOReturnSuccess);
  CHECK(send(message, sizeof message - 1, reply, sizeof reply, Sample_Peek_ID) == kIOReturnBadArgument);
  CHECK(send(message, sizeof message + 8, reply, sizeof reply, Sample_Peek_ID) == kIOReturnBadArgument);
  CHECK(send(message, sizeof message, reply, sizeof reply - 1, Sample_Peek_ID) == kIOReturnBadArgument);
  message.header.objectRefs = 2;
  CHECK(send(message, sizeof message, reply, sizeof reply, Sample_Peek_ID) == kIOReturnBadArgument);
  message.header.objectRefs = 1;
  CHECK(send(message, sizeof message, reply, sizeof reply, 12345) == kIOReturnUnsupported);
}

TEST_CASE("texts without an end, counts beyond the array and odd bools from another process do no harm") {
  Sample_Texts_Msg texts{};
  Sample_Texts_Rpl textsReply{};
  texts.header.objectRefs = 1;
  memset(texts.name, 'x', sizeof texts.name);
  CHECK(send(texts, sizeof texts, textsReply, sizeof textsReply, Sample_Texts_ID) == kIOReturnBadArgument);

  Sample_Arrays_Msg arrays{};
  Sample_Arrays_Rpl arraysReply{};
  arrays.header.objectRefs = 1;
  for (int count : {5, -1, 0x7fffffff}) {
    arrays.numbersCount = count;
    CHECK(send(arrays, sizeof arrays, arraysReply, sizeof arraysReply, Sample_Arrays_ID) == kIOReturnBadArgument);
  }

  Sample_Values_Msg values{};
  Sample_Values_Rpl valuesReply{};
  values.header.objectRefs = 1;
  values.flag = 0x80;
  seen.flag = false;
  CHECK(send(values, sizeof values, valuesReply, sizeof valuesReply, Sample_Values_ID) == kIOReturnSuccess);
  CHECK(seen.flag);
}

TEST_CASE("the answer of a failed call holds no object, though the method set one") {
  Sample_Objects_Msg message{};
  Sample_Objects_Rpl reply{};
  message.header.objectRefs = 5;
  message.first = OSObjectRefOf(OSTypeAlloc(Sample));
  CHECK(send(message, sizeof message, reply, sizeof reply, Sample_Objects_ID) == kIOReturnSuccess);
  CHECK(reply.firstAgain == message.first);
  CHECK(reply.header.objectRefs == 2);
  message.moreCount = 2;
  CHECK(send(message, sizeof message, reply, sizeof reply, Sample_Objects_ID) == kIOReturnBusy);
  CHECK(reply.firstAgain == 0);
  CHECK(reply.header.result == kIOReturnBusy);
}

// Leaves other bytes than zero where the next call's variables will be; with AddressSanitizer's own stacks they would
// be elsewhere.
extern "C" const char * __asan_default_options() { return "detect_stack_use_after_return=0"; }
[[gnu::noinline]] static void soilStack() {
  volatile unsigned char bytes[4096];
  for (volatile unsigned char & byte : bytes) byte = 0xff;
}

TEST_CASE("the bytes of a message that no parameter fills are zero") {
  static unsigned char sent[sizeof(Sample_Values_Msg)];
  struct SpySample : Sample {
    kern_return_t Invoke(const IORPC rpc) override { return memcpy(sent, rpc.message, rpc.sendSize), kIOReturnError; }
  };
  SpySample spy;
  SamplePoint origin{};
  memset(sent, 0xff, sizeof sent);
  soilStack();
  spy.Values(true, kSampleRed, {}, &origin, nullptr, nullptr, nullptr);
  unsigned sum = 0;
  for (size_t i = offsetof(Sample_Values_Msg, flag); i < sizeof sent; ++i) sum += sent[i];
  CHECK(sum == 1 + kSampleRed);
}
