// pcap_interface.h — an OS interface and a file in, the same interface with every frame also in the file out.
#pragma once

#include <memory>

#include "host/base/fd.h"
#include "host/net/os_interface.h"

namespace multiport::host {

// Behaves as the interface it is put around. Frames are written both ways, whole, with their time in nanoseconds; a
// file that cannot be written to any more ends the capture, not the traffic.
class PcapInterface final : public OsInterface {
 public:
  // Makes the file new.
  static Result<std::unique_ptr<PcapInterface>> create(std::unique_ptr<OsInterface> inner, const std::string & file);

  OsInterface & inner() { return *inner_; }

  const std::string & name() const override { return inner_->name(); }
  size_t read(std::span<uint8_t> room) override;
  using OsInterface::write;
  bool write(std::span<const uint8_t> frame) override;
  void flush() override { inner_->flush(); }
  Result<> setMac(const MacAddress & mac) override { return inner_->setMac(mac); }
  Result<> setMtu(uint32_t mtu) override { return inner_->setMtu(mtu); }
  Result<> setUp(bool up) override { return inner_->setUp(up); }
  void setLink(bool up, uint64_t bitsPerSecond) override { inner_->setLink(up, bitsPerSecond); }
  void pauseReading(bool paused) override { inner_->pauseReading(paused); }

 private:
  PcapInterface(std::unique_ptr<OsInterface> inner, Fd file);
  void record(std::span<const uint8_t> frame);

  std::unique_ptr<OsInterface> inner_;
  Fd file_;
};

}  // namespace multiport::host
