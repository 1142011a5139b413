// path_stress_test.cpp — a controller with a looping device on one thread, a port on another, each asleep whenever it
// may be.
//
// Who sleeps while there is work sleeps for ever here: a wrong condition in any mayWait hangs the test. Under
// ThreadSanitizer it also checks the memory the two share.
#include <doctest/doctest.h>

#include <cstdlib>
#include <deque>
#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

#include "core/path_rig.h"

using namespace multiport;

namespace {

constexpr uint32_t kFrames = 30000;
constexpr uint32_t kBlockBytes = 4096;

struct Signal {
  std::counting_semaphore<> semaphore{0};
  void fire() { semaphore.release(); }
  void sleep() {
    semaphore.acquire();
    while (semaphore.try_acquire()) {
    }
  }
};

struct Shared {
  explicit Shared(const PortFacts & facts)
      : bytes(portMemoryBytes(facts)),
        port(static_cast<uint8_t *>(std::aligned_alloc(4096, (bytes + 4095) / 4096 * 4096)), &std::free),
        transfers(size_t{facts.transfers} * facts.transferBytes) {}
  MutableBytes portBytes() { return {port.get(), bytes}; }
  Bytes receiveBytes() { return {transfers.data(), transfers.size()}; }

  size_t bytes;
  std::unique_ptr<uint8_t, decltype(&std::free)> port;
  std::vector<uint8_t> transfers;
  Signal toController, toPort;
  std::atomic<bool> done{false};
};

// Sends every block back in the oldest armed transfer, one at a time.
class Loop {
 public:
  Loop(Shared & shared, PortEnd & end) : shared_(shared), end_(end) {}

  void run() {
    while (!shared_.done) {
      service();
      if (turn()) continue;
      bool mayWait = end_.receive.mayWait();
      mayWait = end_.transmit.mayWait() && mayWait;
      if (mayWait) shared_.toController.sleep();
    }
  }

 private:
  void service() {
    end_.receive.takeReturns();
    while (auto transfer = end_.receive.nextIdle()) armed_.push_back(*transfer);
    while (auto block = end_.transmit.next()) sent_.push_back(*block);
    bool wanted = end_.receive.publish();
    wanted = end_.transmit.publish() || wanted;
    if (wanted) shared_.toPort.fire();
  }

  bool turn() {
    if (sent_.empty() || armed_.empty()) return false;
    auto [slot, length] = sent_.front();
    sent_.pop_front();
    uint32_t transfer = armed_.front();
    armed_.pop_front();
    std::memcpy(&shared_.transfers[size_t{transfer} * kBlockBytes],
                shared_.port.get() + kSlotsOffset + size_t{slot} * kBlockBytes, length);
    end_.transmit.onComplete(slot, true);
    end_.receive.onComplete(transfer, length);
    return true;
  }

  Shared & shared_;
  PortEnd & end_;
  std::deque<uint32_t> armed_;
  std::deque<Transmit::Block> sent_;
};

// Sends numbered frames of many lengths as fast as there is room, and expects each of them back, in order.
struct Traffic {
  Shared & shared;
  Port port{shared.portBytes(), shared.receiveBytes()};
  uint32_t sent = 0, received = 0;
  bool inOrder = true;
  std::vector<uint8_t> frame = std::vector<uint8_t>(1514);

  void run() {
    while (received < kFrames) {
      uint32_t taken = port.receive.take(64, [&](Bytes bytes, uint32_t) -> std::optional<Reason> {
        inOrder = inOrder && bytes.size() == lengthOf(received) && *bytes.le32(14) == received;
        received++;
        return std::nullopt;
      });
      port.transmit.takeFreed();
      send();
      bool wanted = port.receive.publish();
      wanted = port.transmit.publish() || wanted;
      if (wanted) shared.toController.fire();
      if (taken > 0) continue;
      bool mayWait = port.receive.mayWait();
      mayWait = port.transmit.mayWait() && mayWait;
      if (mayWait && received < kFrames) shared.toPort.sleep();
    }
  }

  void send() {
    for (uint32_t room = port.transmit.room(); room > 0 && sent < kFrames; room--, sent++) {
      MutableBytes{frame.data(), frame.size()}.put32(14, sent);
      port.transmit.add({frame.data(), lengthOf(sent)});
    }
  }

  static uint32_t lengthOf(uint32_t number) { return 60 + number * 7919 % 1455; }
};

}  // namespace

TEST_CASE("a port and its controller that sleep whenever they may lose no frame and no wake-up") {
  Framing framing = Framing::of(FramingKind::Ntb16, {.maxBlockBytes = kBlockBytes}, kBlockBytes);
  PortFacts facts = factsFor(framing, kBlockBytes, 4);
  Shared shared{facts};
  PortEnd end{facts, framing, shared.portBytes(), shared.receiveBytes()};
  end.attach();
  Traffic traffic{shared};
  std::thread controlling{[&] { Loop{shared, end}.run(); }};
  traffic.run();
  shared.done = true;
  shared.toController.fire();
  controlling.join();
  CHECK(traffic.inOrder);
  CHECK(traffic.sent == kFrames);
  CHECK(end.transmit.counters.frames.get() == kFrames);
  CHECK(end.receive.counters.frames.get() == kFrames);
}
