// test_jack.h — the far end of a test's cable: keeps what it gets, and can refuse.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/net/jack.h"

namespace multiport::host {

using ByteVector = std::vector<uint8_t>;

class TestJack final : public Jack {
 public:
  std::span<uint8_t> reserve(size_t length) override {
    if (refuses) return {};
    room.resize(length);
    return room;
  }
  void commit(size_t length) override {
    if (length == 0) return;
    room.resize(length);
    frames.push_back(room);
  }
  void roomAgain() override { roomsAgain++; }
  void lightChanged() override { lights.push_back(hasLight()); }
  bool isOn() const override { return on; }
  void turn(bool value) {
    on = value;
    turned();
  }
  using Jack::sayRoomAgain;

  // Sends to the other end. False: it had no room.
  bool send(const ByteVector & frame) { return peer()->deliver(frame); }

  bool refuses = false;
  bool on = true;
  int roomsAgain = 0;
  std::vector<bool> lights;
  std::vector<ByteVector> frames;
  ByteVector room;
};

}  // namespace multiport::host
