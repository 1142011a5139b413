#include "host/net/tap_interface.h"

#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>

namespace multiport::host {

namespace {

Error cannotOpenTun() {
  auto error = systemError("open /dev/net/tun");
  if (error.number == EACCES)
    error.words += "; an ordinary user needs it readable and writable: sudo chmod 0666 /dev/net/tun";
  if (error.number == ENOENT || error.number == ENODEV)
    error.words += "; load the kernel's TUN driver: sudo modprobe tun";
  return error;
}

}  // namespace

Result<std::unique_ptr<TapInterface>> TapInterface::create(Loop & loop, const NetNamespace & space,
                                                           const std::string & name, Offload offload) {
  if (name.empty() || name.size() >= IFNAMSIZ)
    return Error{"an interface name has 1 to 15 characters: \"" + name + "\""};
  Parts parts;
  if (auto opened = space.enter([&] { return open(loop, name, offload, parts); }); !opened) return opened.error();
  std::unique_ptr<TapInterface> tap(new TapInterface(loop, std::move(parts), offload));
  if (auto observed = tap->observe(loop); !observed) return observed.error();
  return tap;
}

TapInterface::TapInterface(Loop & loop, Parts parts, Offload offload)
    : name_(std::move(parts.name)),
      veth_(std::move(parts.veth)),
      tap_(std::move(parts.tap)),
      control_(std::move(parts.control)),
      observer_(std::move(parts.observer)),
      offload_(offload),
      coalescer_([this](auto & header, auto frame, size_t frames) { put(header, frame, frames); }),
      flush_(loop, [this] { coalescer_.flush(); }),
      again_(loop, [this] { tellReadable(); }) {}

Result<> TapInterface::openDevice(const std::string & name, Offload offload, Parts & parts) {
  parts.tap = Fd(::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (!parts.tap) {
    auto refused = cannotOpenTun();
    auto veth = VethPair::create(name);
    if (!veth) return Error{refused.words + " (nor is there veth: " + veth.error().words + ")", refused.number};
    parts.veth = std::move(veth).value();
    parts.tap = parts.veth->socket();
    parts.name = name;
    return {};
  }
  ifreq request{};
  std::memcpy(request.ifr_name, name.data(), name.size());
  request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
  if (::ioctl(parts.tap.get(), TUNSETIFF, &request) != 0) return systemError("make the TAP interface " + name);
  unsigned long offloads = offload == Offload::On ? TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 : 0;
  if (::ioctl(parts.tap.get(), TUNSETOFFLOAD, offloads) != 0) return systemError("set the offloads of " + name);
  parts.name = request.ifr_name;
  return {};
}

Result<> TapInterface::open(Loop & loop, const std::string & name, Offload offload, Parts & parts) {
  if (auto opened = openDevice(name, offload, parts); !opened) return opened;
  auto control = LinkControl::open(parts.name);
  if (!control) return control.error();
  parts.control = std::move(control).value();
  auto observer = LinkObserver::open(loop, parts.name);
  if (!observer) return observer.error();
  parts.observer = std::move(observer).value();
  return {};
}

Result<> TapInterface::observe(Loop & loop) {
  setLink(false, 0);
  auto watch = loop.watch(tap_.get(), EPOLLIN, [this](uint32_t events) {
    if (events & EPOLLERR)
      return readable_.reset();  // somebody deleted the interface: there is nothing to read any more
    tellReadable();
  });
  if (!watch) return watch.error();
  readable_ = std::move(watch).value();
  observer_->onChange = [this] { look(); };
  wishes_ = observer_->wishes();
  return {};
}

// What we changed ourselves is in wishes() when the change returns: who asked for it looks there.
Result<> TapInterface::changed(Result<> result) {
  observer_->receive();
  return result;
}

void TapInterface::look() {
  if (wishes_ == observer_->wishes()) return;
  wishes_ = observer_->wishes();
  if (onWishes) onWishes();
}

void TapInterface::tellReadable() {
  if (paused_) return;
  if (onReadable) onReadable();
  if (!paused_ && segmenter_.hasMore()) again_.arm();
}

void TapInterface::pauseReading(bool paused) {
  paused_ = paused;
  if (readable_) readable_.change(paused ? 0 : EPOLLIN);
  if (!paused && segmenter_.hasMore()) again_.arm();
}

size_t TapInterface::read(std::span<uint8_t> room) {
  size_t bytes = readMore(room);
  if (bytes > 0) {
    counters_.framesRead++;
    counters_.bytesRead += bytes;
  }
  return bytes;
}

size_t TapInterface::readMore(std::span<uint8_t> room) {
  size_t lost = 0;
  if (segmenter_.hasMore()) {
    size_t bytes = segmenter_.next(room, lost);
    counters_.droppedTooLong += lost;
    if (bytes > 0) return bytes;
  }
  while (true) {
    OffloadHeader header;
    auto overflow = segmenter_.overflow();
    const iovec parts[3] = {{&header, sizeof header}, {room.data(), room.size()}, {overflow.data(), overflow.size()}};
    ssize_t got = ::readv(tap_.get(), parts, 3);
    if (got <= static_cast<ssize_t>(sizeof header)) return 0;
    size_t bytes = segmenter_.take(header, room, static_cast<size_t>(got) - sizeof header, lost);
    counters_.droppedTooLong += lost;
    if (bytes > 0) return bytes;
  }
}

bool TapInterface::write(std::span<const uint8_t> frame) {
  auto refused = counters_.droppedByOs;
  if (offload_ == Offload::On) {
    coalescer_.add(frame);
    flush_.arm();
  } else {
    put({}, frame, 1);
  }
  return counters_.droppedByOs == refused;
}

void TapInterface::put(const OffloadHeader & header, std::span<const uint8_t> frame, size_t frames) {
  const iovec parts[2] = {{const_cast<OffloadHeader *>(&header), sizeof header},
                          {const_cast<uint8_t *>(frame.data()), frame.size()}};
  if (::writev(tap_.get(), parts, 2) < 0) {
    counters_.droppedByOs += frames;
    return;
  }
  counters_.framesWritten += frames;
  counters_.bytesWritten += frame.size();
}

void TapInterface::setLink(bool up, uint64_t bitsPerSecond) {
  int carrier = up;
  if (veth_)
    veth_->setCarrier(up);
  else
    ::ioctl(tap_.get(), TUNSETCARRIER, &carrier);
  control_->showSpeed(up ? bitsPerSecond : 0);
}

}  // namespace multiport::host
