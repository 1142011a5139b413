// sample.h — what the methods of the classes in Sample.iig saw last.
#pragma once

#include "Sample.h"

struct Seen {
  bool flag;
  SampleColor color;
  SamplePoint point, origin;
  OSObject *first, *more[2];
  uint32_t moreCount, poked, clash;
};
extern Seen seen;
