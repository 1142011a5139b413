// See string.h.
#pragma once
#include <stddef.h>

typedef long time_t;
typedef unsigned long clock_t;
struct timespec {
  time_t tv_sec;
  long tv_nsec;
};
struct tm;
typedef int clockid_t;
#define CLOCK_MONOTONIC_RAW 4
