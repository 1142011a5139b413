// IOLib.h — memory, time, locks and logging, as a dext has them instead of an operating system's own.
#pragma once

#include <DriverKit/IOTypes.h>
#include <DriverKit/OSMetaClass.h>
#include <libkern/OSByteOrder.h>
#include <os/log.h>
#include <os/overflow.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <TargetConditionals.h>
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
// As os_log does, but that %s is printed. What they return says nothing.
int IOLog(const char * format, ...);
int IOLogv(const char * format, va_list arguments);
// The bytes as hexadecimal numbers, sixteen a line.
void IOLogBuffer(const char * title, const void * buffer, size_t size);
// The message, and where it came from.
void OSReportWithBacktrace(const char * format, ...);

// A boot argument: on the host the environment variable MULTIPORT_BOOT_ARGS, "name=value …". True when it is there; a
// text is cut off where its place ends.
bool IOParseBootArgNumber(const char * name, void * value, int size);
bool IOParseBootArgString(const char * name, char * value, int size);

// What was written before is seen by a device before what is written behind.
void OSSynchronizeIO(void);
uint32_t crc32(uint32_t crc, const void * buffer, size_t size);
extern uint64_t IOVMPageSize;

// Ticks as on Apple silicon, 24 MHz: a dext that takes them for nanoseconds is wrong on the host as well.
typedef struct mach_timebase_info {
  uint32_t numer, denom;
} mach_timebase_info_data_t, *mach_timebase_info_t;
kern_return_t mach_timebase_info(mach_timebase_info_data_t * info);
uint64_t mach_absolute_time(void);
uint64_t mach_continuous_time(void);

#ifndef CLOCK_UPTIME_RAW
#define CLOCK_UPTIME_RAW CLOCK_MONOTONIC
#endif
uint64_t clock_gettime_nsec_np(clockid_t clock);

#ifndef NSEC_PER_SEC
#define NSEC_PER_SEC 1000000000ull
#endif
enum { kNanosecondScale = 1, kMicrosecondScale = 1000, kMillisecondScale = 1000000, kSecondScale = 1000000000 };

// Numbers with 16 bits behind the point.
static inline IOFixed IOFixedMultiply(IOFixed a, IOFixed b) { return (IOFixed)(((int64_t)a * b) >> 16); }
static inline IOFixed IOFixedDivide(IOFixed a, IOFixed b) { return (IOFixed)(((int64_t)a << 16) / b); }

typedef struct IOLock IOLock;
IOLock * IOLockAlloc(void);
void IOLockFree(IOLock * lock);
void IOLockLock(IOLock * lock);
void IOLockUnlock(IOLock * lock);
bool IOLockTryLock(IOLock * lock);
typedef enum { kIOLockAssertOwned = 1, kIOLockAssertNotOwned = 2 } IOLockAssertState;
void IOLockAssert(IOLock * lock, IOLockAssertState state);

typedef struct IORecursiveLock IORecursiveLock;
IORecursiveLock * IORecursiveLockAlloc(void);
void IORecursiveLockFree(IORecursiveLock * lock);
void IORecursiveLockLock(IORecursiveLock * lock);
void IORecursiveLockUnlock(IORecursiveLock * lock);
bool IORecursiveLockTryLock(IORecursiveLock * lock);
bool IORecursiveLockHaveLock(IORecursiveLock * lock);

// Several readers or one writer. Not recursive.
typedef struct IORWLock IORWLock;
IORWLock * IORWLockAlloc(void);
void IORWLockFree(IORWLock * lock);
void IORWLockRead(IORWLock * lock);
void IORWLockWrite(IORWLock * lock);
void IORWLockUnlock(IORWLock * lock);

// The first caller runs the block, the others wait until it has run. The flag starts as zero.
struct IOCallOnceFlag {
  intptr_t opaque;
};
typedef void (^IOCallOnceBlock)(void);
void IOCallOnce(struct IOCallOnceFlag * flag, IOCallOnceBlock block);

#if defined(__GLIBC__)  // has it since 2.38, under the same declaration
size_t strlcpy(char * to, const char * from, size_t size);
size_t strlcat(char * to, const char * from, size_t size);
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

#define IOLockFreeZero(lock) \
  do {                       \
    if (lock) {              \
      IOLockFree(lock);      \
      lock = NULL;           \
    }                        \
  } while (0)
#define IORecursiveLockFreeZero(lock) \
  do {                                \
    if (lock) {                       \
      IORecursiveLockFree(lock);      \
      lock = NULL;                    \
    }                                 \
  } while (0)
#define IORWLockFreeZero(lock) \
  do {                         \
    if (lock) {                \
      IORWLockFree(lock);      \
      lock = NULL;             \
    }                          \
  } while (0)

// Null for a count of which the bytes cannot be counted.
#define IO_NEW_(allocate, type, count)                                                         \
  __extension__({                                                                              \
    size_t bytes_;                                                                             \
    os_mul_overflow(sizeof(type), (count), &bytes_) ? (type *)NULL : (type *)allocate(bytes_); \
  })
#define IONew(type, count) IO_NEW_(IOMalloc, type, count)
#define IONewZero(type, count) IO_NEW_(IOMallocZero, type, count)
#define IODelete(pointer, type, count) IOFree((pointer), sizeof(type) * (count))
#define IOSafeDeleteNULL(pointer, type, count)           \
  do {                                                   \
    if (NULL != (pointer)) {                             \
      IOFree((void *)(pointer), sizeof(type) * (count)); \
      (pointer) = NULL;                                  \
    }                                                    \
  } while (0)
