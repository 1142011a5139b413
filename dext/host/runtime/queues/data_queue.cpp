// data_queue.cpp — IODataQueueDispatchSource: its making, its handlers, its end.

#include "host/runtime/queues/data_queue_state.h"
#include "host/runtime/queues/source_state.h"

namespace multiport::runtime {

namespace {

template <typename Message>
void invoke(OSAction * action, uint64_t method) {
  Message message{};
  message.header = {method, kIORPCMessageOneway, 2, sizeof message, 0};
  message.__object = message.action = OSObjectRefOf(action);
  action->Invoke({&message.header, nullptr, sizeof message, 0});
}

}  // namespace

void announceData(OSAction * action) {
  invoke<IODataQueueDispatchSource_DataAvailable_Msg>(action, IODataQueueDispatchSource_DataAvailable_ID);
}

void announceRoom(OSAction * action) {
  invoke<IODataQueueDispatchSource_DataServiced_Msg>(action, IODataQueueDispatchSource_DataServiced_ID);
}

Owned<IODataQueueDispatchSource> makeDataQueue(std::shared_ptr<DataAvailability> availability) {
  Owned made(OSTypeAlloc(IODataQueueDispatchSource));
  makeState<DataQueueState>(made.get(), std::move(availability));
  made->init();
  return made;
}

std::shared_ptr<Queue> DataQueueState::queue() const {
  auto found = availability ? availability->queue() : own;
  return found ? found : rootQueue();
}

void DataQueueState::post(const Owned<OSAction> & action, void (*announce)(OSAction *)) const {
  if (!action || !isEnabled) return;
  own->post([kept = Owned<OSAction>::retained(action.get()).share(), announce] { announce(kept.get()); });
}

}  // namespace multiport::runtime

using namespace multiport::runtime;

kern_return_t IODataQueueDispatchSource::Create_Impl(uint64_t queueByteCount, IODispatchQueue * queue,
                                                     IODataQueueDispatchSource ** source) {
  constexpr uint64_t kMost = 64 << 20;
  if (!queue || queueByteCount < DataEntries::kHeaderBytes || queueByteCount > kMost) return kIOReturnBadArgument;
  auto * made = OSTypeAlloc(IODataQueueDispatchSource);
  makeState<DataQueueState>(made, queueOf(queue), queueByteCount);
  made->init();
  *source = made;
  return kIOReturnSuccess;
}

kern_return_t IODataQueueDispatchSource::SetDataAvailableHandler_Impl(OSAction * action) {
  auto & state = DataQueueState::of(this);
  auto kept = Owned<OSAction>::retained(action);
  {
    std::lock_guard lock(state.mutex);
    std::swap(state.available, kept);
  }
  if (state.availability) state.availability->setAction(Owned<OSAction>::retained(action));
  return kIOReturnSuccess;
}

kern_return_t IODataQueueDispatchSource::SetDataServicedHandler_Impl(OSAction * action) {
  auto & state = DataQueueState::of(this);
  auto kept = Owned<OSAction>::retained(action);
  std::lock_guard lock(state.mutex);
  std::swap(state.serviced, kept);
  return kIOReturnSuccess;
}

kern_return_t IODataQueueDispatchSource::SetEnableWithCompletion(bool enable, IODispatchSourceCancelHandler handler) {
  auto & state = DataQueueState::of(this);
  std::unique_lock lock(state.mutex);
  state.isEnabled = enable;
  auto action = Owned<OSAction>::retained(state.available.get());
  if (!state.availability && !state.entries.isEmpty()) state.post(state.available, announceData);
  lock.unlock();
  if (state.availability) state.availability->setEnabled(enable);
  if (handler) afterCallbacks(state.queue(), std::move(action), this, handler);
  return kIOReturnSuccess;
}

kern_return_t IODataQueueDispatchSource::Cancel(IODispatchSourceCancelHandler handler) {
  auto & state = DataQueueState::of(this);
  auto queue = state.queue();  // before nobody is told any more: then there is none
  std::unique_lock lock(state.mutex);
  state.isEnabled = false;
  auto available = std::move(state.available);
  auto serviced = std::move(state.serviced);
  lock.unlock();
  if (state.availability) state.availability->setAction({});
  afterCallbacks(queue, std::move(available), this, handler);
  return kIOReturnSuccess;
}

kern_return_t IODataQueueDispatchSource::CopyDataAvailableHandler_Impl(OSAction ** action) {
  auto & state = DataQueueState::of(this);
  std::lock_guard lock(state.mutex);
  *action = Owned<OSAction>::retained(state.available.get()).take();
  return *action ? kIOReturnSuccess : kIOReturnNotFound;
}

kern_return_t IODataQueueDispatchSource::CopyDataServicedHandler_Impl(OSAction ** action) {
  auto & state = DataQueueState::of(this);
  std::lock_guard lock(state.mutex);
  *action = Owned<OSAction>::retained(state.serviced.get()).take();
  return *action ? kIOReturnSuccess : kIOReturnNotFound;
}

kern_return_t IODataQueueDispatchSource::CheckForWork_Impl(const IORPC, bool) { return kIOReturnSuccess; }
