// fuzz_notifications.cpp — any packets of any sizes: news and link never contradict each other.
#include <algorithm>
#include <cstdlib>

#include "core/link/media.h"
#include "core/link/notification.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t * data, size_t size) {
  multiport::LinkTracker tracker{10000};
  for (size_t offset = 0; offset < size;) {
    size_t length = std::min<size_t>(data[offset] % 18, size - offset - 1);
    multiport::Link before = tracker.link();
    if (tracker.see({data + offset + 1, length}) != (tracker.link() != before)) std::abort();
    multiport::mediumOf(tracker.link());
    offset += 1 + length;
  }
  return 0;
}
