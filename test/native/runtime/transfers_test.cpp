// transfers_test.cpp — USB transfers: through the rings of a pipe instead of by calls.

#include <doctest/doctest.h>
#include <DriverKit/IOBufferMemoryDescriptor.messages.h>
#include <DriverKit/IOReturn.h>

#include "host/wire/transfer_rings.h"
#include "runtime/fake_kernel.h"
#include "runtime/shared_memory.h"

using namespace multiport::runtime;
using multiport::Consumer;
using multiport::Producer;
namespace host = multiport::host;
namespace wire = multiport::wire;

namespace {

constexpr uint64_t kMemoryId = 0x700, kPipeId = 0x701;

// The kernel side's end of a pipe.
struct FakePipe {
  host::SharedMemory memory = makeMemory(sizeof(wire::TransferMemory));
  host::Fd submitted = makeEvent(), completed = makeEvent();
  wire::TransferMemory & shared = *new (memory.data()) wire::TransferMemory;
  Consumer<wire::TransferSubmission, wire::kTransferSlots> submissions{shared.submissions};
  Producer<wire::TransferCompletion, wire::kTransferSlots> completions{shared.completions};

  void open(FakeKernel & kernel, const Packet & call) {
    CHECK(call.header.target == kPipeId);
    (void)submissions.mayWait();
    std::vector<host::Fd> descriptors;
    descriptors.push_back(memory.fd().duplicate());
    descriptors.push_back(submitted.duplicate());
    descriptors.push_back(completed.duplicate());
    kernel.reply(call, kIOReturnSuccess, {}, {}, std::move(descriptors));
  }

  wire::TransferSubmission next() { return awaitNext(submissions, submitted); }

  void complete(uint64_t cookie, int32_t status, uint32_t actual) {
    REQUIRE(completions.push({cookie, 125'000, status, actual}));
  }

  void publish() {
    completions.publish();
    if (completions.shouldSignal()) ::eventfd_write(completed.get(), 1);
  }
};

void keepPipe(FakeKernel & kernel) {
  uint64_t run = kernel.startRun("keep-pipe", 0, {kernel.proxy(kPipeId, "IOUSBHostPipe")});
  kernel.reply(kernel.nextCall(IOBufferMemoryDescriptor_Create_ID), kIOReturnSuccess,
               {kernel.proxy(kMemoryId, "IOBufferMemoryDescriptor")});
  CHECK(kernel.nextReply(run).header.result == kIOReturnSuccess);
}

}  // namespace

TEST_CASE("a transfer is submitted through the ring and completed on the action's queue") {
  FakeKernel kernel;
  FakePipe pipe;
  kernel.startDriver();
  keepPipe(kernel);
  uint64_t run = kernel.startRun("submit", 2);
  pipe.open(kernel, kernel.nextCall(wire::kOpOpenTransfers));
  CHECK(kernel.nextReply(run).header.result == kIOReturnSuccess);
  auto first = pipe.next();
  CHECK(first.memory == kMemoryId);
  CHECK(first.length == 512);
  CHECK(kernel.run("submit", 3).header.result == kIOReturnSuccess);
  auto second = pipe.next();
  pipe.complete(second.cookie, 0, 64);
  pipe.complete(0xdeadbeef00000007, 0, 1);  // never submitted
  pipe.complete(first.cookie, kIOReturnAborted, 0);
  pipe.complete(first.cookie, 0, 2);  // a second time
  pipe.publish();
  kernel.expectLine("transfer 3: status 0x0, 64 bytes, at 3000");
  kernel.expectLine("transfer 2: status 0xe00002eb, 0 bytes, at 3000");
  CHECK(kernel.run("submit", 4).header.result == kIOReturnSuccess);
  auto third = pipe.next();
  CHECK(third.cookie != first.cookie);
  CHECK(third.cookie != second.cookie);
  kernel.run("close-pipe");
}

TEST_CASE("a pipe that takes nothing says so at once, and so does one that is full") {
  FakeKernel kernel;
  FakePipe pipe;
  kernel.startDriver();
  keepPipe(kernel);
  uint64_t run = kernel.startRun("submit", 0);
  pipe.open(kernel, kernel.nextCall(wire::kOpOpenTransfers));
  kernel.nextReply(run);
  for (uint32_t i = 1; i < wire::kTransferSlots; i++) CHECK(kernel.run("submit", 0).header.result == kIOReturnSuccess);
  CHECK(kernel.run("submit", 0).header.result == kIOReturnNoResources);
  pipe.shared.status.store(kIOReturnNotResponding);
  CHECK(kernel.run("submit", 0).header.result == kIOReturnNotResponding);
}

TEST_CASE("a pipe that cannot be opened is not open") {
  FakeKernel kernel;
  kernel.startDriver();
  keepPipe(kernel);
  uint64_t run = kernel.startRun("submit", 0);
  kernel.reply(kernel.nextCall(wire::kOpOpenTransfers), kIOReturnExclusiveAccess);
  CHECK(kernel.nextReply(run).header.result == kIOReturnNotOpen);
}

TEST_CASE("a bundle takes descriptors in a row, round the ring's end, and completes in rows") {
  FakeKernel kernel;
  FakePipe pipe;
  kernel.startDriver();
  keepPipe(kernel);
  uint64_t run = kernel.startRun("submit-bundle", 5);
  pipe.open(kernel, kernel.nextCall(wire::kOpOpenTransfers));
  auto submitted = kernel.nextReply(run);
  CHECK(submitted.header.result == kIOReturnSuccess);
  CHECK(FakeKernel::valueOf(submitted) == 5);
  uint64_t cookies[5];
  for (uint32_t i = 0; i < 5; i++) {
    auto submission = pipe.next();
    CHECK(submission.length == 100 + i);
    cookies[i] = submission.cookie;
  }
  for (uint32_t i = 0; i < 5; i++) pipe.complete(cookies[i], i == 4 ? kIOReturnUnderrun : 0, i);
  pipe.publish();
  kernel.expectLine("bundle from 6: 2, first 0x0 0, last 0x0 1");
  kernel.expectLine("bundle from 0: 3, first 0x0 2, last 0xe00002e7 4");
}
