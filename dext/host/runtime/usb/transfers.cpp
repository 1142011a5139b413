#include "host/runtime/usb/transfers.h"

#include <sys/eventfd.h>

#include "host/runtime/calls/action_state.h"
#include "host/runtime/calls/connection.h"
#include "host/runtime/lib/time.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/queues/queues_of.h"

namespace multiport::runtime {

namespace {

void completeOne(OSAction * action, const wire::TransferCompletion & completion) {
  IOUSBHostPipe_CompleteAsyncIO_Msg message{};
  message.header = {IOUSBHostPipe_CompleteAsyncIO_ID, kIORPCMessageOneway, 2, sizeof message, 0};
  message.__object = message.action = OSObjectRefOf(action);
  message.status = completion.status;
  message.actualByteCount = completion.actual;
  message.completionTimestamp = ticksOf(completion.timestamp);
  action->Invoke({&message.header, nullptr, sizeof message, 0});
}

}  // namespace

// Completions of one action whose descriptors stand in a row in the ring: one call for all of them.
class Transfers::Bundle {
 public:
  ~Bundle() { flush(); }

  void add(Completion completion) {
    bool follows = action_ && completion.action.get() == action_.get() && count() < kIOUSBHostPipeBundlingMax &&
                   completion.bundleIndex == message_.ioCompletionIndex + count();
    if (!follows) {
      flush();
      action_ = std::move(completion.action);
      message_.ioCompletionIndex = completion.bundleIndex;
    }
    message_.actualByteCountArray[count()] = completion.values.actual;
    message_.statusArray[count()] = completion.values.status;
    message_.ioCompletionCount++;
  }

  void flush() {
    if (!action_) return;
    message_.header = {IOUSBHostPipe_CompleteAsyncIOBundled_ID, kIORPCMessageOneway, 2, sizeof message_, 0};
    message_.__object = message_.action = OSObjectRefOf(action_.get());
    message_.actualByteCountArrayCount = message_.statusArrayCount = static_cast<int>(count());
    action_->Invoke({&message_.header, nullptr, sizeof message_, 0});
    action_.reset();
    message_ = {};
  }

 private:
  uint32_t count() const { return message_.ioCompletionCount; }

  Owned<OSAction> action_;
  IOUSBHostPipe_CompleteAsyncIOBundled_Msg message_{};
};

std::shared_ptr<Transfers> Transfers::open(const IOUSBHostPipe * pipe) {
  auto reply = Connection::get().callOperation(idOf(pipe), wire::kOpOpenTransfers);
  if (!reply || reply->packet.header.result != kIOReturnSuccess || reply->packet.descriptors.size() != 3)
    return nullptr;
  auto & descriptors = reply->packet.descriptors;
  auto memory = host::SharedMemory::map(std::move(descriptors[0]), host::Access::ReadWrite);
  if (!memory || memory->size() < sizeof(wire::TransferMemory)) return nullptr;
  return std::shared_ptr<Transfers>(
      new Transfers(std::move(memory).value(), std::move(descriptors[1]), std::move(descriptors[2])));
}

Transfers::Transfers(host::SharedMemory memory, host::Fd submitted, host::Fd completed)
    : memory_(std::move(memory)),
      submitted_(std::move(submitted)),
      completed_(std::move(completed)),
      submissions_(shared().submissions),
      completions_(shared().completions) {}

kern_return_t Transfers::submit(IOMemoryDescriptor * memory, uint32_t length, OSAction * action, uint32_t timeoutMs,
                                uint32_t bundleIndex) {
  if (auto status = shared().status.load(std::memory_order_acquire)) return status;
  std::lock_guard lock(mutex_);
  uint64_t cookie;
  auto * slot = idleSlot(cookie);
  uint64_t id = memory ? idOf(memory) : 0;
  if (!slot || !submissions_.push({id, cookie, length, timeoutMs})) return kIOReturnNoResources;
  slot->action = Owned<OSAction>::retained(action);
  slot->memory = Owned<IOMemoryDescriptor>::retained(memory);
  slot->bundleIndex = bundleIndex;
  inFlight_++;
  submissions_.publish();
  if (submissions_.shouldSignal()) ::eventfd_write(submitted_.get(), 1);
  if (!queue_) {
    auto * state = stateOf<ActionState>(action);
    auto queue = state ? state->queue() : nullptr;
    serveOn(queue ? queue : rootQueue());
  }
  return kIOReturnSuccess;
}

void Transfers::serveOn(const std::shared_ptr<Queue> & queue) {
  queue_ = queue;
  queue_->add(shared_from_this());
}

Transfers::Slot * Transfers::idleSlot(uint64_t & cookie) {
  if (inFlight_ == slots_.size()) return nullptr;
  for (size_t i = 0; i < slots_.size(); i++) {
    if (slots_[i].action) continue;
    cookie = uint64_t{slots_[i].generation} << 32 | i;
    return &slots_[i];
  }
  return nullptr;
}

void Transfers::close() {
  std::unique_lock lock(mutex_);
  auto queue = queue_;
  lock.unlock();
  if (queue) queue->remove(*this);
}

void Transfers::onReady() {
  eventfd_t signals;
  ::eventfd_read(completed_.get(), &signals);
  look();
}

bool Transfers::arm() {
  std::lock_guard lock(mutex_);
  return completions_.mayWait();
}

// The next completion of a transfer that is in flight: what was made up by a stranger is passed over.
bool Transfers::take(Completion & completion) {
  std::lock_guard lock(mutex_);
  while (auto popped = completions_.pop()) {
    completions_.release();
    auto index = static_cast<uint32_t>(popped->cookie);
    auto generation = static_cast<uint32_t>(popped->cookie >> 32);
    if (index >= slots_.size() || !slots_[index].action || slots_[index].generation != generation) continue;
    auto & slot = slots_[index];
    completion = {std::move(slot.action), slot.bundleIndex, *popped};
    slot.memory.reset();
    slot.generation++;
    inFlight_--;
    return true;
  }
  return false;
}

bool Transfers::look() {
  bool found = false;
  Bundle bundle;
  // As many as there can be: a handler that submits again finds its completion in the next look.
  for (size_t i = 0; i < slots_.size(); i++) {
    Completion completion;
    if (!take(completion)) break;
    found = true;
    if (completion.bundleIndex != kNoBundle) {
      bundle.add(std::move(completion));
    } else {
      bundle.flush();
      completeOne(completion.action.get(), completion.values);
    }
  }
  return found;
}

}  // namespace multiport::runtime
