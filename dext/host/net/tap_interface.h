// tap_interface.h — a TAP device with a name of our choice in a network namespace of our choice.
#pragma once

#include <memory>

#include "host/base/loop.h"
#include "host/net/coalescer.h"
#include "host/net/link_control.h"
#include "host/net/link_observer.h"
#include "host/net/net_namespace.h"
#include "host/net/os_interface.h"
#include "host/net/segmenter.h"
#include "host/net/veth_pair.h"

namespace multiport::host {

// With offload, the OS hands over and receives up to 64 KiB of a TCP stream in one system call, which is what makes a
// TAP fast; what is read and written here are plain frames with all their checksums all the same. The OS's own counters
// then count such calls, not frames. Without, they count frames.
enum class Offload : uint8_t { Off, On };

// With offload, a written frame may wait for the turn's end to be joined with others.
class TapInterface final : public OsInterface {
 public:
  // A new TAP, down and without a link. Where /dev/net/tun may not be opened, a veth interface stands in for it, which
  // drops frames of the OS when they are read too slowly, hides VLAN tags, and shows a speed of its own. `name` may
  // hold one %d, which becomes the first free number. An error says what to do about it where there is something to do.
  static Result<std::unique_ptr<TapInterface>> create(Loop & loop, const NetNamespace & space, const std::string & name,
                                                      Offload offload = Offload::On);

  const std::string & name() const override { return name_; }
  size_t read(std::span<uint8_t> room) override;
  using OsInterface::write;
  bool write(std::span<const uint8_t> frame) override;
  void flush() override { coalescer_.flush(); }
  Result<> setMac(const MacAddress & mac) override { return changed(control_->setMac(mac)); }
  Result<> setMtu(uint32_t mtu) override { return changed(control_->setMtu(mtu)); }
  Result<> setUp(bool up) override { return changed(control_->setUp(up)); }
  void setLink(bool up, uint64_t bitsPerSecond) override;
  void pauseReading(bool paused) override;

 private:
  // What has to be opened inside of the namespace.
  struct Parts {
    Fd tap;                          // or the packet socket of `veth`
    std::unique_ptr<VethPair> veth;  // none: it is a TAP
    std::unique_ptr<LinkControl> control;
    std::unique_ptr<LinkObserver> observer;
    std::string name;
  };
  TapInterface(Loop & loop, Parts parts, Offload offload);
  static Result<> openDevice(const std::string & name, Offload offload, Parts & parts);
  static Result<> open(Loop & loop, const std::string & name, Offload offload, Parts & parts);
  Result<> observe(Loop & loop);
  Result<> changed(Result<> result);
  void look();
  void tellReadable();
  size_t readMore(std::span<uint8_t> room);
  void put(const OffloadHeader & header, std::span<const uint8_t> frame, size_t frames);

  std::string name_;
  std::unique_ptr<VethPair> veth_;
  Fd tap_;
  std::unique_ptr<LinkControl> control_;
  std::unique_ptr<LinkObserver> observer_;
  Watch readable_;
  const Offload offload_;
  bool paused_ = false;
  Segmenter segmenter_;
  Coalescer coalescer_;
  Deferred flush_;
  Deferred again_;  // segments are left though the descriptor is not readable
};

}  // namespace multiport::host
