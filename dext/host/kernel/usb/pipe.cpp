#include "host/kernel/usb/pipe.h"

#include <sys/eventfd.h>
#include <time.h>

#include "host/kernel/kernel.h"
#include "host/kernel/usb/statuses.h"

namespace multiport::kernel {

namespace {

// What is in flight fits a ring; the rest was refused, and more than that no dext keeps waiting for.
constexpr size_t kMaxBacklog = 4 * wire::kTransferSlots;
constexpr auto kStalled = static_cast<IOReturn>(0xe0005000);  // kUSBHostReturnPipeStalled

uint64_t now() {
  timespec time;
  ::clock_gettime(CLOCK_MONOTONIC_RAW, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace

Pipe::Pipe(Kernel & kernel, uint64_t id, std::shared_ptr<host::UsbDevice> device, EndpointInfo endpoint)
    : Object(id, "IOUSBHostPipe"),
      kernel_(kernel),
      device_(std::move(device)),
      endpoint_(endpoint),
      flush_(kernel.loop, [this] { flush(); }) {}

Pipe::~Pipe() { device_->abort(endpoint_.address); }

Answer Pipe::openTransfers(const std::shared_ptr<Server> & process) {
  if (rings_ && process_.lock() != process) return kIOReturnExclusiveAccess;
  if (rings_) closeTransfers();
  auto memory = host::SharedMemory::create("IOUSBHostPipe", sizeof(wire::TransferMemory));
  Fd submitted(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), completed(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!memory || !submitted || !completed) return kIOReturnNoResources;
  auto & shared = *new (memory->data()) wire::TransferMemory;
  rings_.reset(new Rings{.memory = std::move(memory).value(),
                         .submitted = std::move(submitted),
                         .completed = std::move(completed),
                         .completions = Producer(shared.completions),
                         .submissions = Consumer(shared.submissions),
                         .watch = {}});
  auto watch = kernel_.loop.watchShared(
      rings_->submitted.get(), [this] { return takeSubmissions(); }, [this] { return rings_->submissions.mayWait(); });
  if (!watch) return kIOReturnNoResources;
  rings_->watch = std::move(watch).value();
  process_ = process;
  setStatus(status_);
  Answer answer;
  answer.descriptors.push_back(rings_->memory.fd().duplicate());
  answer.descriptors.push_back(rings_->submitted.duplicate());
  answer.descriptors.push_back(rings_->completed.duplicate());
  return answer;
}

void Pipe::closeTransfers() {
  takeSubmissions();
  device_->abort(endpoint_.address);
  backlog_.clear();
  rings_.reset();
  round_++;
}

// True when there were some. A ringful at a time: whoever submits without end does not keep the others from their turn.
bool Pipe::takeSubmissions() {
  if (!rings_) return false;
  uint32_t taken = 0;
  while (taken < wire::kTransferSlots) {
    auto submission = rings_->submissions.pop();
    if (!submission) break;
    taken++;
    submit(*submission);
  }
  if (taken > 0) rings_->submissions.release();
  return taken > 0;
}

void Pipe::submit(const wire::TransferSubmission & submission) {
  auto process = process_.lock();
  auto memory =
      process ? std::dynamic_pointer_cast<MemoryDescriptor>(process->references.find(submission.memory)) : nullptr;
  auto bytes = bytesFor(memory.get(), submission.length);
  if (!bytes || (submission.memory != 0 && !memory)) return complete(submission.cookie, kIOReturnBadArgument, 0);
  if (isDead_) return complete(submission.cookie, status_, 0);
  if (inFlight_ == wire::kTransferSlots) return complete(submission.cookie, kIOReturnNoResources, 0);
  inFlight_++;
  std::weak_ptr<Pipe> weak = std::static_pointer_cast<Pipe>(shared_from_this());
  device_->submit(
      endpoint_.address, *bytes,
      // Keeps the memory until the bus is done with it.
      [weak, memory, round = round_, cookie = submission.cookie](host::TransferResult result) {
        if (auto pipe = weak.lock()) pipe->onTransfer(round, cookie, result);
      },
      std::chrono::milliseconds(submission.timeoutMs));
}

std::optional<std::span<uint8_t>> Pipe::bytesFor(MemoryDescriptor * memory, uint32_t length) const {
  if (!memory) return length == 0 ? std::optional(std::span<uint8_t>()) : std::nullopt;
  bool isIn = endpoint_.address & 0x80;
  return memory->direction() & (isIn ? kDirectionIn : kDirectionOut) ? memory->bytes(length) : std::nullopt;
}

void Pipe::onTransfer(uint32_t round, uint64_t cookie, host::TransferResult result) {
  auto status = settle(result);
  if (round == round_) complete(cookie, status, result.actual);
  if (inFlight_ == 0) drained_.fire();
}

// A transfer is no longer in flight: what its dext is told, and what the pipe is from here on.
IOReturn Pipe::settle(host::TransferResult result) {
  inFlight_--;
  if (result.status == host::TransferStatus::Stalled && !isDead_) setStatus(kStalled);
  if (result.status == host::TransferStatus::Gone && !isDead_) setStatus(kIOReturnNotResponding);
  return result.status == host::TransferStatus::Cancelled ? abortedAs_ : returnOf(result.status);
}

void Pipe::complete(uint64_t cookie, IOReturn status, uint32_t actual) {
  if (backlog_.size() > kMaxBacklog) return;  // its end is under way
  auto process = process_.lock();
  if (backlog_.size() == kMaxBacklog && process && process->isAlive())
    process->breakRule("transfer-completions", "it submits transfers and does not take their completions");
  backlog_.push_back({.cookie = cookie, .timestamp = now(), .status = status, .actual = actual});
  flush_.arm();
}

// What does not fit waits until the process submits again.
void Pipe::flush() {
  if (!rings_) return;
  bool pushed = false;
  while (!backlog_.empty() && rings_->completions.push(backlog_.front())) {
    backlog_.pop_front();
    pushed = true;
  }
  if (!pushed) return;
  rings_->completions.publish();
  if (rings_->completions.shouldSignal()) ::eventfd_write(rings_->completed.get(), 1);
}

void Pipe::setStatus(IOReturn status) {
  status_ = status;
  if (rings_) rings_->shared().status.store(status, std::memory_order_release);
}

void Pipe::die(IOReturn reason) {
  if (isDead_) return;
  takeSubmissions();  // what was submitted before is aborted too
  isDead_ = true;
  setStatus(reason);
  device_->abort(endpoint_.address);
}

}  // namespace multiport::kernel
