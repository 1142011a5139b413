#include "host/runtime/queues/data_queue.h"

#include <cstring>
#include <vector>

#include "host/runtime/objects/header.h"
#include "host/runtime/queues/source_state.h"
#include "host/runtime/rules.h"

namespace multiport::runtime {

namespace {

constexpr size_t kEntryHeader = sizeof(uint32_t);
constexpr size_t kEntryAlignment = sizeof(uint32_t);
constexpr uint32_t kWrap = ~0u;  // instead of a size: the next entry is at the start

// Entries of any size in a ring of bytes, each in one piece.
class Entries {
 public:
  explicit Entries(size_t size) : bytes_(size / kEntryAlignment * kEntryAlignment) {}

  bool isEmpty() const { return used_ == 0; }

  // Room for an entry of `size` bytes, which becomes the last; null when there is none.
  void * push(uint32_t size) {
    size_t whole = wholeSize(size);
    size_t toEnd = bytes_.size() - tail_;
    size_t skipped = whole > toEnd ? toEnd : 0;
    if (whole > bytes_.size() || skipped + whole > bytes_.size() - used_) return nullptr;
    if (skipped > 0) put(tail_, kWrap);
    if (skipped > 0) tail_ = 0;
    put(tail_, size);
    void * data = bytes_.data() + tail_ + kEntryHeader;
    tail_ = (tail_ + whole) % bytes_.size();
    used_ += skipped + whole;
    return data;
  }

  bool hasRoomFor(uint32_t size, uint32_t count) const {
    Entries copy = *this;
    for (uint32_t i = 0; i < count; i++)
      if (!copy.push(size)) return false;
    return true;
  }

  // The first entry. Must not be empty.
  const void * front(uint32_t & size) {
    if (get(head_) == kWrap) {
      used_ -= bytes_.size() - head_;
      head_ = 0;
    }
    size = get(head_);
    return bytes_.data() + head_ + kEntryHeader;
  }

  void pop() {
    uint32_t size;
    front(size);
    head_ = (head_ + wholeSize(size)) % bytes_.size();
    used_ -= wholeSize(size);
    if (used_ == 0) head_ = tail_ = 0;
  }

 private:
  static size_t wholeSize(uint32_t size) {
    return kEntryHeader + (size_t{size} + kEntryAlignment - 1) / kEntryAlignment * kEntryAlignment;
  }
  void put(size_t at, uint32_t value) { std::memcpy(bytes_.data() + at, &value, sizeof value); }
  uint32_t get(size_t at) const {
    uint32_t value;
    std::memcpy(&value, bytes_.data() + at, sizeof value);
    return value;
  }

  std::vector<uint8_t> bytes_;
  size_t head_ = 0, tail_ = 0, used_ = 0;
};

struct DataQueueState : State {
  static constexpr char kKind = 0;

  // One of its own...
  DataQueueState(std::shared_ptr<Queue> queue, size_t size) : queue(std::move(queue)), entries(size) {}
  // ... or what somebody else announces.
  explicit DataQueueState(std::shared_ptr<DataAvailability> availability)
      : availability(std::move(availability)), entries(0) {}
  ~DataQueueState() override {
    if (availability) availability->setAction({});
  }

  const std::shared_ptr<DataAvailability> availability;
  const std::shared_ptr<Queue> queue;
  std::recursive_mutex mutex;  // a block may look at the queue it was called with. Everything below
  Entries entries;
  Owned<OSAction> available, serviced;
  bool isEnabled = true;
  bool isProducerWaiting = false;
};

DataQueueState & dataQueueOf(IODataQueueDispatchSource * source) { return *stateOf<DataQueueState>(source); }

// That of a queue with entries of its own.
DataQueueState & entriesOf(IODataQueueDispatchSource * source, const char * method) {
  auto & state = dataQueueOf(source);
  if (state.availability)
    breakRule(rule::kNotImplemented, std::string(method) + " on the data queue of a packet queue: dequeue packets");
  return state;
}

template <typename Message>
void invoke(OSAction * action, uint64_t method) {
  Message message{};
  message.header = {method, kIORPCMessageOneway, 2, sizeof message, 0};
  message.__object = message.action = OSObjectRefOf(action);
  action->Invoke({&message.header, nullptr, sizeof message, 0});
}

void announceData(OSAction * action) {
  invoke<IODataQueueDispatchSource_DataAvailable_Msg>(action, IODataQueueDispatchSource_DataAvailable_ID);
}

void announceRoom(OSAction * action) {
  invoke<IODataQueueDispatchSource_DataServiced_Msg>(action, IODataQueueDispatchSource_DataServiced_ID);
}

// Later, from the source's own queue: a producer's Enqueue is no place for a consumer's handler.
void post(DataQueueState & state, Owned<OSAction> action, void (*announce)(OSAction *)) {
  if (!action || !state.isEnabled) return;
  state.queue->post([action = action.share(), announce] { announce(action.get()); });
}

Owned<OSAction> retained(const Owned<OSAction> & action) { return Owned<OSAction>::retained(action.get()); }

}  // namespace

Owned<IODataQueueDispatchSource> makeDataQueue(std::shared_ptr<DataAvailability> availability) {
  Owned made(OSTypeAlloc(IODataQueueDispatchSource));
  makeState<DataQueueState>(made.get(), std::move(availability));
  made->init();
  return made;
}

}  // namespace multiport::runtime

using namespace multiport::runtime;

kern_return_t IODataQueueDispatchSource::Create_Impl(uint64_t queueByteCount, IODispatchQueue * queue,
                                                     IODataQueueDispatchSource ** source) {
  constexpr uint64_t kMost = 64 << 20;
  if (!queue || queueByteCount < kEntryHeader || queueByteCount > kMost) return kIOReturnBadArgument;
  auto * made = OSTypeAlloc(IODataQueueDispatchSource);
  makeState<DataQueueState>(made, queueOf(queue), queueByteCount);
  made->init();
  *source = made;
  return kIOReturnSuccess;
}

size_t IODataQueueDispatchSource::GetDataQueueEntryHeaderSize() { return kEntryHeader; }

kern_return_t IODataQueueDispatchSource::SetDataAvailableHandler_Impl(OSAction * action) {
  auto & state = dataQueueOf(this);
  auto kept = Owned<OSAction>::retained(action);
  {
    std::lock_guard lock(state.mutex);
    std::swap(state.available, kept);
  }
  if (state.availability) state.availability->setAction(Owned<OSAction>::retained(action));
  return kIOReturnSuccess;
}

kern_return_t IODataQueueDispatchSource::SetDataServicedHandler_Impl(OSAction * action) {
  auto & state = dataQueueOf(this);
  auto kept = Owned<OSAction>::retained(action);
  std::lock_guard lock(state.mutex);
  std::swap(state.serviced, kept);
  return kIOReturnSuccess;
}

kern_return_t IODataQueueDispatchSource::SetEnableWithCompletion(bool enable, IODispatchSourceCancelHandler handler) {
  auto & state = dataQueueOf(this);
  std::unique_lock lock(state.mutex);
  state.isEnabled = enable;
  auto action = retained(state.available);
  bool isDue = enable && !state.availability && !state.entries.isEmpty();
  lock.unlock();
  if (isDue) post(state, retained(state.available), announceData);
  if (state.availability) state.availability->setEnabled(enable);
  auto queue = state.availability ? state.availability->queue() : state.queue;
  if (handler) afterCallbacks(queue ? queue : rootQueue(), std::move(action), this, handler);
  return kIOReturnSuccess;
}

kern_return_t IODataQueueDispatchSource::Cancel(IODispatchSourceCancelHandler handler) {
  auto & state = dataQueueOf(this);
  auto queue = state.availability ? state.availability->queue() : state.queue;
  std::unique_lock lock(state.mutex);
  state.isEnabled = false;
  auto available = std::move(state.available);
  auto serviced = std::move(state.serviced);
  lock.unlock();
  if (state.availability) state.availability->setAction({});
  afterCallbacks(queue ? queue : rootQueue(), std::move(available), this, handler);
  return kIOReturnSuccess;
}

bool IODataQueueDispatchSource::IsDataAvailable() {
  auto & state = dataQueueOf(this);
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
  post(state, retained(state.serviced), announceRoom);
}

void IODataQueueDispatchSource::SendDataAvailable() {
  auto & state = entriesOf(this, "SendDataAvailable");
  std::lock_guard lock(state.mutex);
  post(state, retained(state.available), announceData);
}

kern_return_t IODataQueueDispatchSource::CopyMemory_Impl(IOMemoryDescriptor **) {
  notImplemented("IODataQueueDispatchSource::CopyMemory");
}

kern_return_t IODataQueueDispatchSource::CopyDataAvailableHandler_Impl(OSAction ** action) {
  auto & state = dataQueueOf(this);
  std::lock_guard lock(state.mutex);
  *action = retained(state.available).take();
  return *action ? kIOReturnSuccess : kIOReturnNotFound;
}

kern_return_t IODataQueueDispatchSource::CopyDataServicedHandler_Impl(OSAction ** action) {
  auto & state = dataQueueOf(this);
  std::lock_guard lock(state.mutex);
  *action = retained(state.serviced).take();
  return *action ? kIOReturnSuccess : kIOReturnNotFound;
}

kern_return_t IODataQueueDispatchSource::CheckForWork_Impl(const IORPC, bool) { return kIOReturnSuccess; }
