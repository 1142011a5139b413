#include "one_port.h"

using namespace multiport::host;
using namespace multiport::host::simulated;

TEST_CASE("a suspended device ends what is in flight and answers nothing until it is resumed") {
  OnePort host;
  auto inFlight = host.submit(0x82, ByteVector(4096));
  host.adapter->suspend();
  host.settle();
  REQUIRE(inFlight->result);
  CHECK(inFlight->result->status == TransferStatus::Cancelled);
  auto late = host.submit(0x82, ByteVector(4096));
  ByteVector status(2);
  auto answer = host.run({usb::kStandardDevice | usb::kIn, usb::kGetStatus, 0, 0, 2}, status);
  CHECK(answer.status == TransferStatus::ProtocolError);
  REQUIRE(late->result);
  CHECK(late->result->status == TransferStatus::ProtocolError);
}

TEST_CASE("a resumed device knows all it was told; one without power meanwhile has no configuration any more") {
  for (bool lost : {false, true}) {
    CAPTURE(lost);
    OnePort host;
    CHECK(host.adapter->port(1).alternate() == 1);
    host.adapter->suspend();
    host.adapter->resume(lost);
    CHECK(host.adapter->port(1).alternate() == (lost ? 0 : 1));
    auto configuration = host.get(usb::kStandardDevice, usb::kGetConfiguration, 0, 0, 1);
    REQUIRE(configuration);
    CHECK(configuration->front() == (lost ? 0 : kConfigurationValue));
  }
}
