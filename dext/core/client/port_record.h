// port_record.h — what stays of a port when it is set up anew: wishes, counts, who looks on.
#pragma once

#include "core/client/capture_tap.h"
#include "core/client/port_tally.h"
#include "core/client/settings.h"

namespace multiport {

// Lives on the controller's queue.
struct PortRecord {
  PortSettings settings;
  PortTally tally;
  CaptureTap tap;
  bool watched = false;  // a tool is connected: it wants to hear of what changes
};

}  // namespace multiport
