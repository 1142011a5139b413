#include "host/net/link_control.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace multiport::host {

namespace {

ifreq requestFor(const std::string & name) {
  ifreq request{};
  std::memcpy(request.ifr_name, name.data(), std::min(name.size(), sizeof request.ifr_name - 1));
  return request;
}

}  // namespace

Result<std::unique_ptr<LinkControl>> LinkControl::open(const std::string & name) {
  Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return systemError("open a socket to control " + name);
  return std::unique_ptr<LinkControl>(new LinkControl(std::move(socket), name));
}

Result<> LinkControl::setMac(const MacAddress & mac) {
  auto request = requestFor(name_);
  request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
  std::memcpy(request.ifr_hwaddr.sa_data, mac.data(), mac.size());
  if (::ioctl(socket_.get(), SIOCSIFHWADDR, &request) != 0) return systemError("set the address of " + name_);
  return {};
}

Result<> LinkControl::setMtu(uint32_t mtu) {
  auto request = requestFor(name_);
  request.ifr_mtu = static_cast<int>(mtu);
  if (::ioctl(socket_.get(), SIOCSIFMTU, &request) != 0)
    return systemError("set the MTU of " + name_ + " to " + std::to_string(mtu));
  return {};
}

Result<> LinkControl::setUp(bool up) {
  auto request = requestFor(name_);
  if (::ioctl(socket_.get(), SIOCGIFFLAGS, &request) != 0) return systemError("read the flags of " + name_);
  request.ifr_flags = static_cast<short>(up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP);
  if (::ioctl(socket_.get(), SIOCSIFFLAGS, &request) != 0)
    return systemError(std::string("bring ") + name_ + (up ? " up" : " down"));
  return {};
}

// tun keeps what it is given. Three masks of link modes follow the settings; asked with none, the kernel says how many
// words each of its own has, as a negative number (linux/ethtool.h).
void LinkControl::showSpeed(uint64_t bitsPerSecond) {
  constexpr size_t kMaskBytes = 3 * 127 * sizeof(uint32_t);
  alignas(ethtool_link_settings) std::array<char, sizeof(ethtool_link_settings) + kMaskBytes> exchange{};
  auto * settings = reinterpret_cast<ethtool_link_settings *>(exchange.data());
  settings->cmd = ETHTOOL_GLINKSETTINGS;
  auto request = requestFor(name_);
  request.ifr_data = exchange.data();
  if (::ioctl(socket_.get(), SIOCETHTOOL, &request) != 0) return;
  bool isKnown = bitsPerSecond > 0;
  settings->cmd = ETHTOOL_SLINKSETTINGS;
  settings->link_mode_masks_nwords = static_cast<int8_t>(-settings->link_mode_masks_nwords);
  settings->speed = isKnown ? static_cast<uint32_t>(bitsPerSecond / 1'000'000) : static_cast<uint32_t>(SPEED_UNKNOWN);
  settings->duplex = isKnown ? DUPLEX_FULL : DUPLEX_UNKNOWN;
  ::ioctl(socket_.get(), SIOCETHTOOL, &request);
}

}  // namespace multiport::host
