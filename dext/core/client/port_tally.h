// port_tally.h — what a port's controller, its port process and the processes before that one counted in; the counts
// that are published out.
#pragma once

#include "core/client/counter_page.h"
#include "core/path/port_end.h"

namespace multiport {

// Lives on the controller's queue. Counts go on growing when a port process dies, and when the port is set up anew.
class PortTally {
 public:
  // Call before whoever is attached is detached: its counts are lost with the memory.
  void keepPorts(const PortEnd & end) {
    if (!end.attached()) return;
    past_.receivedByPort.add(*end.receivedByPort());
    past_.transmittedByPort.add(*end.transmittedByPort());
  }

  // Call before the controller's end of the port is made anew.
  void keepAll(const PortEnd & end) {
    keepPorts(end);
    addControllers(past_, end);
  }

  // Everything so far, without flags, link and time.
  PortCounts sum(const PortEnd & end) const {
    PortCounts counts = past_;
    if (end.attached()) {
      counts.receivedByPort.add(*end.receivedByPort());
      counts.transmittedByPort.add(*end.transmittedByPort());
    }
    addControllers(counts, end);
    return counts;
  }
  const PortCounts & past() const { return past_; }

 private:
  static void addControllers(PortCounts & counts, const PortEnd & end) {
    counts.receivedByController.add(end.receive.counters);
    counts.transmittedByController.add(end.transmit.counters);
    for (size_t i = 0; i < kVerdicts; i++) counts.verdicts[i] += end.receive.verdicts.transfers[i].get();
  }

  PortCounts past_{};
};

}  // namespace multiport
