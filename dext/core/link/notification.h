// notification.h — packets of an interrupt endpoint in, the link they tell of out.
//
//   offset  bytes  field          meaning                              CDC 1.2, section 6.3; ECM 1.2, section 6.4
//   0       1      bmRequestType  0xa1
//   1       1      bNotification  0x00 network connection, 0x2a connection speed change
//   2       2      wValue         connection: 1 up, 0 down
//   4       2      wIndex         control interface; not checked, since the endpoint is the function's own
//   6       2      wLength        bytes that follow; speed change: 8
//   8       4      DLBitRate      speed change: bit/s towards the host
//   12      4      ULBitRate      bit/s away from it
//
// A speed change may come as one packet of 16 bytes or as two of 8. Old RTL8156 repeat themselves every 32 ms, so what
// is no news is none.
#pragma once

#include "core/bytes.h"
#include "core/link/link.h"

namespace multiport {

// Lives on the controller's queue; one for each port.
class LinkTracker {
 public:
  // `beyondMegabits`: what a device means that reports the greatest speed 32 bits can say, from its device file; 0:
  // unknown.
  explicit LinkTracker(uint64_t beyondMegabits = 0) : beyond_(beyondMegabits * 1'000'000) {}

  // One packet. True when the link is another one now.
  bool see(Bytes packet) {
    Link before = link_;
    for (Bytes rest = packet; !rest.empty();) rest = expectsSpeed_ ? takeSpeed(rest) : takeHeader(rest);
    return link_ != before;
  }

  // For a function without a notification endpoint: its link is up as soon as its data interface is.
  bool assumeUp() {
    bool news = !link_.up;
    link_.up = true;
    return news;
  }

  // Nothing is known any more: the endpoint failed or the function is being set up again.
  bool reset() {
    expectsSpeed_ = false;
    bool news = link_.up;
    link_ = Link{};
    return news;
  }

  const Link & link() const { return link_; }

 private:
  // Returns what lies behind the notification; nothing when it makes no sense.
  Bytes takeHeader(Bytes rest) {
    auto type = rest.u8(0), kind = rest.u8(1);
    auto value = rest.le16(2), length = rest.le16(6);
    if (!length || *type != 0xa1) return {};
    Bytes behind = rest.from(8);
    switch (*kind) {
      case 0x00:
        link_.up = *value != 0;
        return behind.from(*length);
      case 0x2a:
        expectsSpeed_ = *length >= 8;
        return behind;
      default:
        return behind.from(*length);
    }
  }

  Bytes takeSpeed(Bytes rest) {
    expectsSpeed_ = false;
    auto receive = rest.le32(0), transmit = rest.le32(4);
    if (!receive || !transmit) return {};
    uint64_t speed = *receive > *transmit ? *receive : *transmit;
    link_.bitsPerSecond = speed == UINT32_MAX && beyond_ != 0 ? beyond_ : speed;
    return rest.from(8);
  }

  uint64_t beyond_;
  bool expectsSpeed_ = false;
  Link link_;
};

}  // namespace multiport
