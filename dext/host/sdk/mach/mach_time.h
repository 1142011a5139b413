// mach_time.h — ticks and what they are in nanoseconds. DriverKit declares them in IOLib.h.
#pragma once

#include <DriverKit/IOLib.h>
