// action.cpp — OSAction: a callback as an object. Its maker delivers it, cancels it, learns that nobody holds it any
// more.

#include <DriverKit/OSString.h>

#include "host/runtime/calls/action_state.h"
#include "host/runtime/lib/time.h"
#include "host/runtime/objects/classes.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/queues/queues_of.h"
#include "host/runtime/rules.h"

namespace multiport::runtime {

ActionState * ActionState::of(const OSMetaClassBase * object, uint64_t method) {
  auto * state = stateOf<ActionState>(object);
  return state && !methodOf(OSTypeID(OSAction), method).describedBy ? state : nullptr;
}

void ActionState::setTarget(Owned<OSObject> target) { target_ = std::move(target); }

std::shared_ptr<Queue> ActionState::queue() const {
  auto target = begin();
  return target ? queueFor(target.get(), targetMethod) : nullptr;
}

Owned<OSObject> ActionState::begin() const {
  std::lock_guard lock(mutex_);
  return Owned<OSObject>::retained(target_.get());
}

void ActionState::end() { wakeWaiter(kIOReturnSuccess); }

// What was posted before runs before `handler` and finds no target any more; what is running ends first, as it holds
// the queue.
void ActionState::cancel(OSAction * self, Block<void()> handler) {
  auto where = queue();
  Owned<OSObject> target;
  {
    std::lock_guard lock(mutex_);
    std::swap(target, target_);
  }
  wakeWaiter(kIOReturnAborted);
  auto last = [handler, self = Owned<OSAction>::retained(self).share(), target = target.share()] {
    if (handler) handler();
  };
  (where ? where : rootQueue())->post(last);
}

void ActionState::setAbortedHandler(Block<void()> handler) {
  std::lock_guard lock(mutex_);
  aborted_ = handler;
}

void ActionState::abort(OSAction * self) {
  Block<void()> handler;
  {
    std::lock_guard lock(mutex_);
    handler = aborted_;
  }
  wakeWaiter(kIOReturnAborted);
  auto where = queue();
  if (!handler || !where) return;
  // Looked at again when its turn comes: what is cancelled calls nobody, and its maker may have freed what this
  // touches.
  where->post([handler, this, self = Owned<OSAction>::retained(self).share()] {
    if (begin()) handler();
  });
}

// --- waiting ------------------------------------------------------------------------------------------------------

void ActionState::wakeWaiter(kern_return_t result) {
  std::lock_guard lock(mutex_);
  if (!isWaited_ || isInvoked_) return;
  isInvoked_ = true;
  waitResult_ = result;
  waited_.notify_all();
}

OSActionWaitToken * ActionState::willWait() {
  std::lock_guard lock(mutex_);
  if (isWaited_) return nullptr;
  isWaited_ = true;
  isInvoked_ = false;
  return reinterpret_cast<OSActionWaitToken *>(this);
}

kern_return_t ActionState::wait(OSActionWaitToken * token, uint64_t options, uint64_t deadline) {
  if (token != reinterpret_cast<OSActionWaitToken *>(this)) return kIOReturnBadArgument;
  std::unique_lock lock(mutex_);
  auto isInvoked = [&] { return isInvoked_; };
  if (options == 0 || deadline == 0) {
    waited_.wait(lock, isInvoked);
    return waitResult_;
  }
  auto left = untilDeadline(options, deadline);
  if (!left) return kIOReturnBadArgument;
  return waited_.wait_until(lock, Queue::Clock::now() + *left, isInvoked) ? waitResult_ : kIOReturnTimeout;
}

kern_return_t ActionState::endWait(OSActionWaitToken * token) {
  if (token != reinterpret_cast<OSActionWaitToken *>(this)) return kIOReturnBadArgument;
  std::lock_guard lock(mutex_);
  isWaited_ = false;
  return kIOReturnSuccess;
}

}  // namespace multiport::runtime

using namespace multiport::runtime;

namespace {

// This process's half of the action.
ActionState & stateOfMine(OSAction * action, const char * method) {
  auto * state = stateOf<ActionState>(action);
  if (!state) breakRule(rule::kActionOwner, std::string(method) + " of " + nameOf(action));
  return *state;
}

}  // namespace

kern_return_t OSAction::Create_Impl(OSObject * target, uint64_t, uint64_t, size_t, OSAction **) {
  breakRule(rule::kTypedActions, "OSAction::Create for " + nameOf(target));
}

kern_return_t OSAction::CreateWithTypeName_Impl(OSObject * target, uint64_t targetmsgid, uint64_t msgid,
                                                size_t referenceSize, OSString * typeName, OSAction ** action) {
  auto * metaClass = typeName ? OSMetaClass::find(typeName->getCStringNoCopy()) : nullptr;
  if (!target || !metaClass) return kIOReturnBadArgument;
  auto * made = static_cast<OSAction *>(metaClass->allocate());
  auto & state = makeState<ActionState>(made);
  state.targetMethod = targetmsgid;
  state.callback = msgid;
  if (referenceSize > 0) state.reference = std::make_unique<uint8_t[]>(referenceSize);
  state.setTarget(Owned<OSObject>::retained(target));
  if (!made->init()) {
    made->release();
    return kIOReturnNoMemory;
  }
  *action = made;
  return kIOReturnSuccess;
}

void * OSAction::GetReference() {
  auto * state = stateOf<ActionState>(this);
  if (!state) return nullptr;  // somebody else's action
  if (!state->reference) breakRule(rule::kActionReference, nameOf(this));
  return state->reference.get();
}

kern_return_t OSAction::Cancel(OSActionCancelHandler handler) {
  stateOfMine(this, "Cancel").cancel(this, handler);
  return kIOReturnSuccess;
}

kern_return_t OSAction::SetAbortedHandler(OSActionAbortedHandler handler) {
  stateOfMine(this, "SetAbortedHandler").setAbortedHandler(handler);
  return kIOReturnSuccess;
}

kern_return_t OSAction::WillWait(OSActionWaitToken ** token) {
  *token = stateOfMine(this, "WillWait").willWait();
  return *token ? kIOReturnSuccess : kIOReturnBusy;
}

kern_return_t OSAction::Wait(OSActionWaitToken * token, uint64_t options, uint64_t deadline) {
  return stateOfMine(this, "Wait").wait(token, options, deadline);
}

kern_return_t OSAction::EndWait(OSActionWaitToken * token) { return stateOfMine(this, "EndWait").endWait(token); }

void OSAction::Aborted_Impl() { stateOfMine(this, "Aborted").abort(this); }
