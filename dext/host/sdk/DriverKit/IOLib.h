// IOLib.h — memory, time, locks and logging, as a dext has them instead of an operating system's own.
#pragma once

#include <DriverKit/IOTypes.h>
#include <DriverKit/OSMetaClass.h>
#include <os/log.h>
#include <string.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

// Memory of `length` bytes; null when there is none. Freed with the same length.
void * IOMalloc(size_t length);
void * IOMallocZero(size_t length);
void IOFree(void * address, size_t length);

void IOSleep(uint64_t milliseconds);
void IODelay(uint64_t microseconds);
void IOLog(const char * format, ...);

// A boot argument: on the host the environment variable MULTIPORT_BOOT_ARGS, "name=value …". True when it is there.
bool IOParseBootArgNumber(const char * name, void * value, int size);

// Ticks as on Apple silicon, 24 MHz: a dext that takes them for nanoseconds is wrong on the host as well.
typedef struct mach_timebase_info {
  uint32_t numer, denom;
} mach_timebase_info_data_t;
kern_return_t mach_timebase_info(mach_timebase_info_data_t * info);
uint64_t mach_absolute_time(void);
uint64_t mach_continuous_time(void);

#ifndef CLOCK_UPTIME_RAW
#define CLOCK_UPTIME_RAW CLOCK_MONOTONIC
#endif
uint64_t clock_gettime_nsec_np(clockid_t clock);

typedef struct IOLock IOLock;
IOLock * IOLockAlloc(void);
void IOLockFree(IOLock * lock);
void IOLockLock(IOLock * lock);
void IOLockUnlock(IOLock * lock);
bool IOLockTryLock(IOLock * lock);

typedef struct IORecursiveLock IORecursiveLock;
IORecursiveLock * IORecursiveLockAlloc(void);
void IORecursiveLockFree(IORecursiveLock * lock);
void IORecursiveLockLock(IORecursiveLock * lock);
void IORecursiveLockUnlock(IORecursiveLock * lock);
bool IORecursiveLockTryLock(IORecursiveLock * lock);

#if defined(__GLIBC__)  // has it since 2.38, under the same declaration
size_t strlcpy(char * to, const char * from, size_t size);
#endif

#ifdef __cplusplus
}
#endif

// As in Apple's header a bare block, so that what does not parse on macOS does not parse here.
#define OSSafeReleaseNULL(object) \
  {                               \
    if (NULL != (object)) {       \
      (object)->release();        \
      (object) = NULL;            \
    }                             \
  }

#define IONew(type, count) ((type *)IOMalloc(sizeof(type) * (count)))
#define IONewZero(type, count) ((type *)IOMallocZero(sizeof(type) * (count)))
#define IODelete(pointer, type, count) IOFree((pointer), sizeof(type) * (count))
#define IOSafeDeleteNULL(pointer, type, count)           \
  do {                                                   \
    if (NULL != (pointer)) {                             \
      IOFree((void *)(pointer), sizeof(type) * (count)); \
      (pointer) = NULL;                                  \
    }                                                    \
  } while (0)
