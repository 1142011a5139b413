// Prints this processor's time stamp counter frequency in kHz. Under software emulation the guest's counter is this one, but
// a guest on a busy machine fails to measure it and hangs, so it is told.
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(void) {
  const struct timespec span = {0, 40000000};
  double start = now();
  unsigned long long first = __rdtsc();
  nanosleep(&span, 0);
  unsigned long long ticks = __rdtsc() - first;
  printf("%.0f\n", (double)ticks / (now() - start) / 1e3);
  return 0;
}
