// one_port.h — a test host with an adapter of one port that is up, and a cable's far end.
#pragma once

#include "test_host.h"

namespace multiport::host::simulated {

inline constexpr MacAddress kStranger{0x02, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa};

struct OnePort : TestHost {
  explicit OnePort(const AdapterModel & model = {}, bool is32 = false, bool hasCrc = false)
      : TestHost(one(model)), format(is32) {
    Jack::connect(adapter->port(1), jack);
    bringUp(is32, hasCrc);
    rules.is32 = is32;
    rules.hasCrc = hasCrc;
    mac = macOf(adapter->model(), 1);
  }
  static AdapterModel one(AdapterModel model) {
    model.ports = 1;
    return model;
  }
  std::vector<ByteVector> receivedFrames() { return framesOf(receive(0x82, adapter->model().ntbInMax), readRules()); }
  ReadRules readRules() const {
    return {.is32 = format, .hasCrc = rules.hasCrc, .maxBytes = adapter->model().ntbInMax, .maxFrame = 9014};
  }
  const PortCounters & counters() { return adapter->port(1).counters(); }

  bool format;
  BlockRules rules;
  MacAddress mac;
  TestJack jack;
};

}  // namespace multiport::host::simulated
