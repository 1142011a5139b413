// test_host.h — a USB host as small as can be: every request waits for its completion on the adapter's loop.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "host/usb/chapter9.h"
#include "host/usb/simulated/simulated_adapter.h"
#include "support/loop.h"
#include "support/test_jack.h"

namespace multiport::host::simulated {

// A transfer under way.
struct Pending {
  ByteVector data;
  std::optional<TransferResult> result;
  TransferId id = 0;
};

class TestHost {
 public:
  explicit TestHost(const AdapterModel & model = {}) : loop(makeLoop()) {
    auto made = SimulatedAdapter::make(*loop, "sim-1", model);
    REQUIRE(made);
    adapter = std::move(made).value();
  }

  // Runs the loop until nothing happens any more.
  void settle() { host::settle(*loop); }

  // A request whose data the device sends. Nothing when it stalls.
  std::optional<ByteVector> get(uint8_t type, uint8_t request, uint16_t value, uint16_t index, uint16_t length) {
    ByteVector data(length);
    auto result = run({static_cast<uint8_t>(type | usb::kIn), request, value, index, length}, data);
    if (result.status == TransferStatus::Stalled) return std::nullopt;
    REQUIRE(result.status == TransferStatus::Ok);
    data.resize(result.actual);
    return data;
  }

  // A request whose data the host sends. False when it stalls.
  bool set(uint8_t type, uint8_t request, uint16_t value, uint16_t index, ByteVector data = {}) {
    auto result = run({type, request, value, index, static_cast<uint16_t>(data.size())}, data);
    REQUIRE((result.status == TransferStatus::Ok || result.status == TransferStatus::Stalled));
    return result.status == TransferStatus::Ok;
  }

  bool classSet(unsigned port, uint8_t request, uint16_t value, ByteVector data = {}) {
    return set(usb::kClassInterface, request, value, addressesOf(port).controlInterface, std::move(data));
  }
  std::optional<ByteVector> classGet(unsigned port, uint8_t request, uint16_t value, uint16_t length) {
    return get(usb::kClassInterface, request, value, addressesOf(port).controlInterface, length);
  }

  bool selectAlternate(unsigned port, uint16_t alternate) {
    return set(usb::kStandardInterface, usb::kSetInterface, alternate, addressesOf(port).dataInterface);
  }

  // Configured, all ports in alternate setting 1 with this format.
  void bringUp(bool is32 = false, bool hasCrc = false) {
    REQUIRE(set(usb::kStandardDevice, usb::kSetConfiguration, 1, 0));
    for (unsigned port = 1; port <= adapter->ports(); port++) {
      if (adapter->model().kindOf(port) == FunctionKind::Ncm) {
        REQUIRE(classSet(port, 0x84, is32));
        REQUIRE(classSet(port, 0x8a, hasCrc));
      }
      REQUIRE(selectAlternate(port, 1));
    }
  }

  // Submits `data` (IN: that many bytes of room); the result is there once the loop has come to it.
  std::shared_ptr<Pending> submit(uint8_t endpoint, ByteVector data,
                                  UsbDevice::Timeout timeout = UsbDevice::Timeout(0)) {
    auto pending = std::make_shared<Pending>();
    pending->data = std::move(data);
    pending->id = adapter->submit(
        endpoint, pending->data, [pending](TransferResult result) { pending->result = result; }, timeout);
    CHECK_FALSE(pending->result);
    return pending;
  }

  // An IN transfer that is served at once.
  ByteVector receive(uint8_t endpoint, size_t room = 16384) {
    auto pending = submit(endpoint, ByteVector(room, 0xee));
    settle();
    REQUIRE(pending->result);
    REQUIRE(pending->result->status == TransferStatus::Ok);
    pending->data.resize(pending->result->actual);
    return pending->data;
  }

  TransferResult send(uint8_t endpoint, ByteVector data) {
    auto pending = submit(endpoint, std::move(data));
    settle();
    REQUIRE(pending->result);
    return *pending->result;
  }

  TransferResult run(const SetupPacket & setup, std::span<uint8_t> data) {
    std::optional<TransferResult> ended;
    adapter->control(setup, data, [&](TransferResult result) { ended = result; }, UsbDevice::Timeout(0));
    CHECK_FALSE(ended);  // never inside of the call
    settle();
    REQUIRE(ended);
    return *ended;
  }

  std::unique_ptr<Loop> loop;
  std::shared_ptr<SimulatedAdapter> adapter;
};

// `size` bytes to `destination`, of which every other one tells where it is.
inline ByteVector makeFrame(const MacAddress & destination, size_t size, uint8_t seed = 1) {
  ByteVector frame(size);
  for (size_t i = 0; i < size; i++) frame[i] = static_cast<uint8_t>(seed + i);
  std::copy(destination.begin(), destination.end(), frame.begin());
  return frame;
}

// One NTB around these frames, as a careful host makes it.
inline ByteVector makeBlock(const std::vector<ByteVector> & frames, const BlockRules & rules = {},
                            uint16_t sequence = 0) {
  ByteVector block(rules.maxBytes);
  BlockWriter writer;
  writer.begin(block, rules);
  for (auto & frame : frames) {
    auto room = writer.reserve(frame.size());
    REQUIRE_FALSE(room.empty());
    std::copy(frame.begin(), frame.end(), room.begin());
    writer.commit(frame.size());
  }
  block.resize(writer.finish(sequence));
  return block;
}

// The frames of an IN transfer, read by the strict reader.
inline std::vector<ByteVector> framesOf(const ByteVector & transfer, const ReadRules & rules = {}) {
  BlockReader reader;
  bool good = reader.read(Bytes(transfer.data(), transfer.size()), rules);
  INFO("the reader says: ", describe(reader.error()));
  REQUIRE(good);
  std::vector<ByteVector> frames;
  for (auto & each : reader.datagrams())
    frames.emplace_back(transfer.begin() + each.index, transfer.begin() + each.index + each.length);
  return frames;
}

}  // namespace multiport::host::simulated
