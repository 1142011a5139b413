#include "host/runtime/calls/signals.h"

#include <DriverKit/OSAction.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <mutex>

#include "host/runtime/calls/action_state.h"
#include "host/runtime/calls/connection.h"
#include "host/runtime/calls/invoke.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/queues/queues_of.h"

namespace multiport::runtime {

namespace {

// Somebody else's action, as this process invokes it.
struct SignalState : State {
  static constexpr char kKind = 0;
  std::once_flag once;
  host::Fd eventfd;  // empty: the kernel side would not
};

// The other process's eventfd can say any number. Nobody rings so often before he is heard.
constexpr eventfd_t kMostAtOnce = 4096;

// This process's action, as others invoke it. Lives on the queue of the target's method.
class SignalSource : public Source {
 public:
  SignalSource(OSAction * action, host::Fd eventfd) : action_(action), eventfd_(std::move(eventfd)) {}

  int fd() const override { return eventfd_.get(); }

  void onReady() override {
    eventfd_t count = 0;
    if (::eventfd_read(eventfd_.get(), &count) != 0) return;
    auto action = retained();
    for (count = std::min(count, kMostAtOnce); action && count > 0; count--) invoke(action.get());
  }

  void forget() {
    std::lock_guard lock(mutex_);
    action_ = nullptr;
  }

 private:
  Owned<OSAction> retained() {
    std::lock_guard lock(mutex_);
    if (!action_ || !retainUnlessDying(action_)) return {};
    return Owned(action_);
  }

  static void invoke(OSAction * action) {
    struct {
      IORPCMessage header;
      OSObjectRef object;
      OSObjectRef action;
    } doorbell{};
    doorbell.header = {stateOf<ActionState>(action)->callback, kIORPCMessageOneway, 2, sizeof doorbell, 0};
    doorbell.object = doorbell.action = OSObjectRefOf(action);
    action->Invoke({&doorbell.header, nullptr, sizeof doorbell, 0});
  }

  std::mutex mutex_;
  OSAction * action_;  // borrowed: its state ends this first
  const host::Fd eventfd_;
};

// Each process that invokes the action has an eventfd of its own.
struct SignalSourcesState : State {
  static constexpr char kKind = 0;
  ~SignalSourcesState() override {
    for (auto & [queue, source] : sources) {
      source->forget();
      queue->remove(*source);
    }
  }
  void add(std::shared_ptr<Queue> queue, std::shared_ptr<SignalSource> source) {
    queue->add(source);
    std::lock_guard lock(mutex);
    sources.emplace_back(std::move(queue), std::move(source));
  }
  std::mutex mutex;
  std::vector<std::pair<std::shared_ptr<Queue>, std::shared_ptr<SignalSource>>> sources;
};

// Nothing but the action itself.
bool isDoorbell(OSMetaClassBase * target, const IORPC & rpc) {
  auto references = referencesOf(rpc.message);
  return references.size() == 2 && references[1] == OSObjectRefOf(target) && plainOf(rpc.message).empty();
}

}  // namespace

bool sendSignal(OSMetaClassBase * target, const IORPC & rpc) {
  if (!target || !headerOf(target).isRemote || !OSDynamicCast(OSAction, target) || !isDoorbell(target, rpc))
    return false;
  auto & state = makeState<SignalState>(target);
  std::call_once(state.once, [&] {
    auto reply = Connection::get().callOperation(idOf(target), wire::kOpOpenSignal);
    if (reply && reply->packet.header.result == kIOReturnSuccess && reply->packet.descriptors.size() == 1)
      state.eventfd = std::move(reply->packet.descriptors[0]);
  });
  return state.eventfd && ::eventfd_write(state.eventfd.get(), 1) == 0;
}

void receiveSignals(OSObject * object, host::Fd eventfd) {
  auto * action = OSDynamicCast(OSAction, object);
  auto * state = action ? stateOf<ActionState>(action) : nullptr;
  if (!state) return;
  auto queue = state->queue();
  makeState<SignalSourcesState>(action).add(queue ? queue : rootQueue(),
                                            std::make_shared<SignalSource>(action, std::move(eventfd)));
}

}  // namespace multiport::runtime
