// time.h — the clocks of DriverKit: kIOTimerClock… options and deadlines in, delays out.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace multiport::runtime {

// Nanoseconds now of the clock that a kIOTimerClock… option names; nothing for an option that names none.
std::optional<uint64_t> clockNow(uint64_t options);

// In the unit of that clock: ticks for the two mach clocks.
std::optional<uint64_t> clockTime(uint64_t options);

// From now to `deadline`, a time of that clock; 0 when it has passed, nothing for an option that names no clock.
std::optional<std::chrono::nanoseconds> untilDeadline(uint64_t options, uint64_t deadline);

uint64_t ticksOf(uint64_t nanoseconds);
uint64_t nanosecondsOf(uint64_t ticks);

}  // namespace multiport::runtime
