// lock.cpp — IOLock and IORecursiveLock.

#include <DriverKit/IOLib.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "host/runtime/rules.h"

using namespace multiport::runtime;

struct IOLock {
  std::mutex mutex;
  std::atomic<std::thread::id> owner{};
};

struct IORecursiveLock {
  std::recursive_mutex mutex;
};

IOLock * IOLockAlloc(void) { return new IOLock; }

void IOLockFree(IOLock * lock) {
  if (lock->owner.load() != std::thread::id()) breakRule(rule::kLockOwner, "IOLockFree of a lock that is held");
  delete lock;
}

void IOLockLock(IOLock * lock) {
  if (lock->owner.load(std::memory_order_relaxed) == std::this_thread::get_id())
    breakRule(rule::kLockOwner, "IOLockLock by its own holder waits for ever");
  lock->mutex.lock();
  lock->owner.store(std::this_thread::get_id(), std::memory_order_relaxed);
}

void IOLockUnlock(IOLock * lock) {
  if (lock->owner.load(std::memory_order_relaxed) != std::this_thread::get_id())
    breakRule(rule::kLockOwner, "IOLockUnlock by a thread that does not hold the lock");
  lock->owner.store(std::thread::id(), std::memory_order_relaxed);
  lock->mutex.unlock();
}

bool IOLockTryLock(IOLock * lock) {
  if (!lock->mutex.try_lock()) return false;
  lock->owner.store(std::this_thread::get_id(), std::memory_order_relaxed);
  return true;
}

IORecursiveLock * IORecursiveLockAlloc(void) { return new IORecursiveLock; }
void IORecursiveLockFree(IORecursiveLock * lock) { delete lock; }
void IORecursiveLockLock(IORecursiveLock * lock) { lock->mutex.lock(); }
void IORecursiveLockUnlock(IORecursiveLock * lock) { lock->mutex.unlock(); }
bool IORecursiveLockTryLock(IORecursiveLock * lock) { return lock->mutex.try_lock(); }
