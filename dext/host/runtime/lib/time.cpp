// time.cpp — clocks, sleeping.

#include "host/runtime/lib/time.h"

#include <DriverKit/IODispatchQueue.h>
#include <DriverKit/IOLib.h>
#include <DriverKit/IOTimerDispatchSource.h>
#include <time.h>

namespace multiport::runtime {

namespace {

// Apple silicon: 24 MHz.
constexpr uint32_t kNumerator = 125;
constexpr uint32_t kDenominator = 3;

uint64_t nanosecondsOn(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

bool isInTicks(uint64_t options) {
  return options == kIOTimerClockMachAbsoluteTime || options == kIOTimerClockMachContinuousTime;
}

}  // namespace

uint64_t ticksOf(uint64_t nanoseconds) {
  return static_cast<uint64_t>(static_cast<unsigned __int128>(nanoseconds) * kDenominator / kNumerator);
}

uint64_t nanosecondsOf(uint64_t ticks) {
  return static_cast<uint64_t>(static_cast<unsigned __int128>(ticks) * kNumerator / kDenominator);
}

std::optional<uint64_t> clockNow(uint64_t options) {
  switch (options) {
    case kIOTimerClockWallTime:
      return nanosecondsOn(CLOCK_REALTIME);
    case kIOTimerClockUptimeRaw:
    case kIOTimerClockMachAbsoluteTime:
      return nanosecondsOn(CLOCK_MONOTONIC);
    case kIOTimerClockMonotonicRaw:
    case kIOTimerClockMachContinuousTime:
      return nanosecondsOn(CLOCK_BOOTTIME);
    default:
      return std::nullopt;
  }
}

std::optional<uint64_t> clockTime(uint64_t options) {
  auto now = clockNow(options);
  return now && isInTicks(options) ? ticksOf(*now) : now;
}

std::optional<std::chrono::nanoseconds> untilDeadline(uint64_t options, uint64_t deadline) {
  auto now = clockNow(options);
  if (!now) return std::nullopt;
  uint64_t wanted = isInTicks(options) ? nanosecondsOf(deadline) : deadline;
  constexpr uint64_t kForEver = 1ull << 62;
  return std::chrono::nanoseconds(wanted <= *now ? 0 : wanted - *now < kForEver ? wanted - *now : kForEver);
}

}  // namespace multiport::runtime

using namespace multiport::runtime;

kern_return_t mach_timebase_info(mach_timebase_info_data_t * info) {
  *info = {kNumerator, kDenominator};
  return kIOReturnSuccess;
}

uint64_t mach_absolute_time(void) { return ticksOf(nanosecondsOn(CLOCK_MONOTONIC)); }

uint64_t mach_continuous_time(void) { return ticksOf(nanosecondsOn(CLOCK_BOOTTIME)); }

// CLOCK_MONOTONIC_RAW is the continuous clock on macOS; here that is CLOCK_BOOTTIME, which timers can use.
uint64_t clock_gettime_nsec_np(clockid_t clock) {
  return nanosecondsOn(clock == CLOCK_MONOTONIC_RAW ? CLOCK_BOOTTIME : clock);
}

void IOSleep(uint64_t milliseconds) {
  timespec left{static_cast<time_t>(milliseconds / 1000), static_cast<long>(milliseconds % 1000 * 1'000'000)};
  while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {
  }
}

void IODelay(uint64_t microseconds) {
  uint64_t end = nanosecondsOn(CLOCK_MONOTONIC) + microseconds * 1000;
  while (nanosecondsOn(CLOCK_MONOTONIC) < end) {
  }
}
