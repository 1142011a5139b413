// os_interface.h — an interface as the OS sees it: frames both ways, what we tell it, what it wants.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "host/base/result.h"
#include "host/net/ethernet.h"

namespace multiport::host {

// What the OS wants of an interface; its administrator says so with `ip` and the like, or its protocols do.
struct OsWishes {
  bool up = false;
  uint32_t mtu = 1500;
  bool promiscuous = false;
  bool allMulticast = false;
  MacAddress mac{};
  std::vector<MacAddress> multicast{};  // sorted

  bool operator==(const OsWishes &) const = default;
};

struct OsCounters {
  uint64_t framesRead = 0, bytesRead = 0;
  uint64_t framesWritten = 0, bytesWritten = 0;
  uint64_t droppedTooLong = 0;  // from the OS, longer than the room there was
  uint64_t droppedByOs = 0;     // to the OS, refused: the interface is down, or there is no memory
};

// One OS interface. "Read" is what the OS transmits, "write" is what it receives; frames are Ethernet frames without
// FCS. Lives on one loop; its end removes the interface.
class OsInterface {
 public:
  virtual ~OsInterface() = default;

  virtual const std::string & name() const = 0;

  // The next frame the OS transmits, into `room`. Returns its bytes, 0 when there is none now. A frame that does not
  // fit is dropped and counted. One system call a frame; nothing is copied twice and nothing allocated.
  virtual size_t read(std::span<uint8_t> room) = 0;

  // Frames the OS is to receive. Returns how many it took; the others are counted, not kept.
  virtual bool write(std::span<const uint8_t> frame) = 0;
  virtual size_t write(std::span<const std::span<const uint8_t>> frames) {
    size_t taken = 0;
    for (auto & frame : frames) taken += write(frame);
    flush();
    return taken;
  }

  // No more frames for now. What is written is passed on at the end of the loop's turn anyway.
  virtual void flush() {}

  // What we tell the OS about the interface. bitsPerSecond counts only with a link.
  virtual Result<> setMac(const MacAddress & mac) = 0;
  virtual Result<> setMtu(uint32_t mtu) = 0;
  virtual Result<> setUp(bool up) = 0;
  virtual void setLink(bool up, uint64_t bitsPerSecond) = 0;

  const OsWishes & wishes() const { return wishes_; }
  const OsCounters & counters() const { return counters_; }

  // Called every turn of the loop as long as there are frames to read and reading is not paused. Read no more than a
  // budget of frames and come back, so that other interfaces get their turn.
  std::function<void()> onReadable;

  // Called when wishes() have changed, also by our own setMac, setMtu and setUp.
  std::function<void()> onWishes;

  // Frames wait in the OS's queue, which drops and counts when it is full.
  virtual void pauseReading(bool paused) = 0;

 protected:
  OsWishes wishes_;
  OsCounters counters_;
};

}  // namespace multiport::host
