// data_queue_entries.cpp — what an IODataQueueDispatchSource does with its entries.

#include <string>

#include "host/runtime/queues/data_queue_state.h"
#include "host/runtime/rules.h"

using namespace multiport::runtime;

namespace {

// That of a queue with entries of its own.
DataQueueState & entriesOf(IODataQueueDispatchSource * source, const char * method) {
  auto & state = DataQueueState::of(source);
  if (state.availability)
    breakRule(rule::kNotImplemented, std::string(method) + " on the data queue of a packet queue: dequeue packets");
  return state;
}

}  // namespace

size_t IODataQueueDispatchSource::GetDataQueueEntryHeaderSize() { return DataEntries::kHeaderBytes; }

bool IODataQueueDispatchSource::IsDataAvailable() {
  auto & state = DataQueueState::of(this);
  if (state.availability) return state.availability->isDataAvailable();
  std::lock_guard lock(state.mutex);
  return !state.entries.isEmpty();
}

kern_return_t IODataQueueDispatchSource::Peek(IODataQueueClientDequeueEntryBlock callback) {
  auto & state = entriesOf(this, "Peek");
  std::lock_guard lock(state.mutex);
  if (state.entries.isEmpty()) return kIOReturnUnderrun;
  uint32_t size;
  const void * data = state.entries.front(size);
  callback(data, size);
  return kIOReturnSuccess;
}

kern_return_t IODataQueueDispatchSource::DequeueWithCoalesce(bool * sendDataServiced,
                                                             IODataQueueClientDequeueEntryBlock callback) {
  auto & state = entriesOf(this, "Dequeue");
  std::lock_guard lock(state.mutex);
  if (state.entries.isEmpty()) return kIOReturnUnderrun;
  uint32_t size;
  const void * data = state.entries.front(size);
  callback(data, size);
  state.entries.pop();
  if (std::exchange(state.isProducerWaiting, false)) *sendDataServiced = true;
  return kIOReturnSuccess;
}

kern_return_t IODataQueueDispatchSource::EnqueueWithCoalesce(uint32_t dataSize, bool * sendDataAvailable,
                                                             IODataQueueClientEnqueueEntryBlock callback) {
  auto & state = entriesOf(this, "Enqueue");
  std::lock_guard lock(state.mutex);
  bool wasEmpty = state.entries.isEmpty();
  void * data = state.entries.push(dataSize);
  if (!data) {
    state.isProducerWaiting = true;
    return kIOReturnOverrun;
  }
  callback(data, dataSize);
  if (wasEmpty) *sendDataAvailable = true;
  return kIOReturnSuccess;
}

kern_return_t IODataQueueDispatchSource::Dequeue(IODataQueueClientDequeueEntryBlock callback) {
  bool isDue = false;
  kern_return_t result = DequeueWithCoalesce(&isDue, callback);
  if (isDue) SendDataServiced();
  return result;
}

kern_return_t IODataQueueDispatchSource::Enqueue(uint32_t dataSize, IODataQueueClientEnqueueEntryBlock callback) {
  bool isDue = false;
  kern_return_t result = EnqueueWithCoalesce(dataSize, &isDue, callback);
  if (isDue) SendDataAvailable();
  return result;
}

kern_return_t IODataQueueDispatchSource::CanEnqueueData(uint32_t dataSize) { return CanEnqueueData(dataSize, 1); }

kern_return_t IODataQueueDispatchSource::CanEnqueueData(uint32_t dataSize, uint32_t entryCount) {
  auto & state = entriesOf(this, "CanEnqueueData");
  std::lock_guard lock(state.mutex);
  return state.entries.hasRoomFor(dataSize, entryCount) ? kIOReturnSuccess : kIOReturnOverrun;
}

void IODataQueueDispatchSource::SendDataServiced() {
  auto & state = entriesOf(this, "SendDataServiced");
  std::lock_guard lock(state.mutex);
  state.post(state.serviced, announceRoom);
}

void IODataQueueDispatchSource::SendDataAvailable() {
  auto & state = entriesOf(this, "SendDataAvailable");
  std::lock_guard lock(state.mutex);
  state.post(state.available, announceData);
}

kern_return_t IODataQueueDispatchSource::CopyMemory_Impl(IOMemoryDescriptor **) {
  notImplemented("IODataQueueDispatchSource::CopyMemory");
}
