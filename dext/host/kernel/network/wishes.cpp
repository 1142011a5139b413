#include "host/kernel/network/wishes.h"

#include <NetworkingDriverKit/IOUserNetworkEthernet.messages.h>

#include <algorithm>
#include <cstring>

#include "host/kernel/calls/plain.h"
#include "host/kernel/kernel.h"
#include "host/kernel/network/packet_path.h"

namespace multiport::kernel {

namespace {
constexpr size_t kMaxMulticast = _kIOUserNetworkMulticastMax;
constexpr uint32_t kSmallestMtu = 68;  // RFC 791
}  // namespace

void Wishes::look() {
  if (!isFollowing_ && !ended_) kernel_.tasks.start(follow(shared_from_this(), service_.self()));
}

// `keep` is this: the calls may come back when the interface is gone; `service` lives as long.
Task<> Wishes::follow([[maybe_unused]] std::shared_ptr<Wishes> keep, std::shared_ptr<Service> service) {
  isFollowing_ = true;
  service->adjustBusy(1);  // whoever waits for quiet waits for this
  if (!knowsLimits_) co_await askForLimits();
  while (!ended_) {
    auto wanted = interface_.wishes();
    if (isAsleep_) wanted.up = false, wanted.mtu = told_.mtu;
    if (wanted.mtu != told_.mtu) {
      co_await setMtu(wanted.mtu);
    } else if (wanted.up != told_.up) {
      co_await setEnabled(wanted.up);
    } else if (!told_.up) {
      break;  // the rest is for an enabled interface; it is asked for again when it is
    } else if (wanted.promiscuous != told_.promiscuous) {
      told_.promiscuous = wanted.promiscuous;
      IOUserNetworkEthernet__SetPromiscuousModeEnable_Msg message{};
      message.enable = wanted.promiscuous;
      co_await ask(IOUserNetworkEthernet__SetPromiscuousModeEnable_ID, plainOf(message, 0));
    } else if (bool all = wanted.allMulticast || wanted.multicast.size() > kMaxMulticast; all != told_.allMulticast) {
      told_.allMulticast = all;
      IOUserNetworkEthernet__SetAllMulticastModeEnable_Msg message{};
      message.enable = all;
      co_await ask(IOUserNetworkEthernet__SetAllMulticastModeEnable_ID, plainOf(message, 0));
    } else if (wanted.multicast != told_.multicast) {
      co_await setMulticast();
    } else {
      break;
    }
  }
  isFollowing_ = false;
  service->adjustBusy(-1);
  kernel_.changed.fire();
}

Task<IOReturn> Wishes::ask(uint64_t method, std::vector<uint8_t> plain) {
  auto * owner = service_.owner();
  if (!owner) co_return kIOReturnOffline;
  auto answer = co_await owner->call(service_, method, {}, std::move(plain));
  co_return answer.result;
}

// The largest MTU, header not counted.
Task<> Wishes::askForLimits() {
  knowsLimits_ = true;
  auto * owner = service_.owner();
  if (!owner) co_return;
  auto answer = co_await owner->call(service_, IOUserNetworkEthernet__GetMaxTransferUnit_ID, {}, {});
  auto reply = replyOf<IOUserNetworkEthernet__GetMaxTransferUnit_Rpl>(answer);
  if (reply && reply->mtu >= kSmallestMtu) maxMtu_ = reply->mtu;
}

// An MTU that the dext refuses is taken back.
Task<> Wishes::setMtu(uint32_t mtu) {
  IOUserNetworkEthernet__SetMaxTransferUnit_Msg message{};
  message.mtu = mtu;
  bool fits = mtu <= maxMtu_;
  bool taken =
      fits && co_await ask(IOUserNetworkEthernet__SetMaxTransferUnit_ID, plainOf(message, 0)) == kIOReturnSuccess;
  if (ended_) co_return;
  if (taken) {
    told_.mtu = mtu;
    co_return;
  }
  kernel_.log.write("kernel", interface_.name() + ": an MTU of " + std::to_string(mtu) + " is refused" +
                                  (fits ? "" : ": at most " + std::to_string(maxMtu_)));
  bool back = bool(interface_.setMtu(told_.mtu)) && interface_.wishes().mtu != mtu;
  if (!back) told_.mtu = mtu;  // nothing to be done: do not ask for ever
}

Task<> Wishes::setEnabled(bool enabled) {
  told_.up = enabled;
  if (!enabled) path_.setEnabled(false);
  IOUserNetworkEthernet__SetInterfaceEnable_Msg message{};
  message.enable = enabled;
  auto result = co_await ask(IOUserNetworkEthernet__SetInterfaceEnable_ID, plainOf(message, 0));
  if (ended_) co_return;
  if (result != kIOReturnSuccess)
    kernel_.log.write("kernel", interface_.name() + ": SetInterfaceEnable fails: " + describeReturn(result));
  else if (enabled)
    path_.setEnabled(true);
  if (!enabled) told_.promiscuous = told_.allMulticast = false, told_.multicast.clear();
}

Task<> Wishes::setMulticast() {
  told_.multicast = interface_.wishes().multicast;
  IOUserNetworkEthernet__SetMulticastAddresses_Msg message{};
  auto count = std::min(told_.multicast.size(), kMaxMulticast);
  for (size_t i = 0; i < count; i++) std::memcpy(message.addresses[i].octet, told_.multicast[i].data(), 6);
  message.addressesCount = static_cast<uint32_t>(count);
  co_await ask(IOUserNetworkEthernet__SetMulticastAddresses_ID, plainOf(message, 0));
}

}  // namespace multiport::kernel
