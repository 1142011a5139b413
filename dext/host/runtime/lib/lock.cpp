// lock.cpp — IOLock, IORecursiveLock, IORWLock and IOCallOnce.

#include <DriverKit/IOLib.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "host/runtime/rules.h"

using namespace multiport::runtime;

struct IOLock {
  std::mutex mutex;
  std::atomic<std::thread::id> owner{};
};

struct IORecursiveLock {
  std::recursive_mutex mutex;
  std::atomic<std::thread::id> owner{};
  uint32_t depth = 0;  // changed by the owner alone
};

struct IORWLock {
  std::shared_mutex mutex;
  std::atomic<std::thread::id> writer{};
};

namespace {

std::thread::id me() { return std::this_thread::get_id(); }

void entered(IORecursiveLock * lock) {
  lock->depth++;
  lock->owner.store(me(), std::memory_order_relaxed);
}

// Guards the flags of IOCallOnce, which have room for a state only.
std::mutex onceMutex;
std::condition_variable onceDone;
constexpr intptr_t kOnceRunning = 1;
constexpr intptr_t kOnceDone = 2;

}  // namespace

IOLock * IOLockAlloc(void) { return new IOLock; }

void IOLockFree(IOLock * lock) {
  if (lock->owner.load() != std::thread::id()) breakRule(rule::kLockOwner, "IOLockFree of a lock that is held");
  delete lock;
}

void IOLockLock(IOLock * lock) {
  if (lock->owner.load(std::memory_order_relaxed) == me())
    breakRule(rule::kLockOwner, "IOLockLock by its own holder waits for ever");
  lock->mutex.lock();
  lock->owner.store(me(), std::memory_order_relaxed);
}

void IOLockUnlock(IOLock * lock) {
  if (lock->owner.load(std::memory_order_relaxed) != me())
    breakRule(rule::kLockOwner, "IOLockUnlock by a thread that does not hold the lock");
  lock->owner.store(std::thread::id(), std::memory_order_relaxed);
  lock->mutex.unlock();
}

bool IOLockTryLock(IOLock * lock) {
  if (!lock->mutex.try_lock()) return false;
  lock->owner.store(me(), std::memory_order_relaxed);
  return true;
}

void IOLockAssert(IOLock * lock, IOLockAssertState state) {
  bool owned = lock->owner.load(std::memory_order_relaxed) == me();
  if (owned != (state == kIOLockAssertOwned))
    breakRule(rule::kLockOwner, owned ? "IOLockAssert: the lock is held by this thread"
                                      : "IOLockAssert: the lock is not held by this thread");
}

IORecursiveLock * IORecursiveLockAlloc(void) { return new IORecursiveLock; }
void IORecursiveLockFree(IORecursiveLock * lock) { delete lock; }

void IORecursiveLockLock(IORecursiveLock * lock) {
  lock->mutex.lock();
  entered(lock);
}

void IORecursiveLockUnlock(IORecursiveLock * lock) {
  if (!IORecursiveLockHaveLock(lock))
    breakRule(rule::kLockOwner, "IORecursiveLockUnlock by a thread that does not hold the lock");
  if (--lock->depth == 0) lock->owner.store(std::thread::id(), std::memory_order_relaxed);
  lock->mutex.unlock();
}

bool IORecursiveLockTryLock(IORecursiveLock * lock) {
  if (!lock->mutex.try_lock()) return false;
  entered(lock);
  return true;
}

bool IORecursiveLockHaveLock(IORecursiveLock * lock) { return lock->owner.load(std::memory_order_relaxed) == me(); }

IORWLock * IORWLockAlloc(void) { return new IORWLock; }
void IORWLockFree(IORWLock * lock) { delete lock; }

void IORWLockRead(IORWLock * lock) {
  if (lock->writer.load(std::memory_order_relaxed) == me())
    breakRule(rule::kLockOwner, "IORWLockRead by its own writer waits for ever");
  lock->mutex.lock_shared();
}

void IORWLockWrite(IORWLock * lock) {
  if (lock->writer.load(std::memory_order_relaxed) == me())
    breakRule(rule::kLockOwner, "IORWLockWrite by its own writer waits for ever");
  lock->mutex.lock();
  lock->writer.store(me(), std::memory_order_relaxed);
}

void IORWLockUnlock(IORWLock * lock) {
  if (lock->writer.load(std::memory_order_relaxed) == me()) {
    lock->writer.store(std::thread::id(), std::memory_order_relaxed);
    lock->mutex.unlock();
  } else {
    lock->mutex.unlock_shared();
  }
}

void IOCallOnce(IOCallOnceFlag * flag, IOCallOnceBlock block) {
  std::unique_lock guard(onceMutex);
  onceDone.wait(guard, [&] { return flag->opaque != kOnceRunning; });
  if (flag->opaque == kOnceDone) return;
  flag->opaque = kOnceRunning;
  guard.unlock();
  block();
  guard.lock();
  flag->opaque = kOnceDone;
  onceDone.notify_all();
}
