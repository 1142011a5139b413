#include "host/net/veth_pair.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cstring>
#include <vector>

#include "host/net/net_namespace.h"

namespace multiport::host {

namespace {

constexpr const char * kFarName = "far";
constexpr int kQueueBytes = 4 << 20;
constexpr uint32_t kLongestMtu = 65535;

// One rtnetlink request, attributes and attributes inside of attributes.
class Request {
 public:
  Request(uint16_t type, uint16_t flags, const ifinfomsg & link) {
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
    append(&header, sizeof header);
    append(&link, sizeof link);
  }
  size_t open(uint16_t type) {
    size_t start = bytes_.size();
    rtattr attribute{0, type};
    append(&attribute, sizeof attribute);
    return start;
  }
  void close(size_t start) {
    auto length = static_cast<uint16_t>(bytes_.size() - start);
    std::memcpy(bytes_.data() + start, &length, sizeof length);
    bytes_.resize(RTA_ALIGN(bytes_.size()));
  }
  void put(uint16_t type, const void * value, size_t size) {
    size_t start = open(type);
    append(value, size);
    close(start);
  }
  void put(uint16_t type, const std::string & text) { put(type, text.c_str(), text.size() + 1); }
  void append(const void * value, size_t size) {
    auto * first = static_cast<const char *>(value);
    bytes_.insert(bytes_.end(), first, first + size);
  }

  // Sends it and waits for the kernel's answer: 0, or an errno.
  int run(const Fd & netlink) {
    auto length = static_cast<uint32_t>(bytes_.size());
    std::memcpy(bytes_.data(), &length, sizeof length);
    if (::send(netlink.get(), bytes_.data(), bytes_.size(), 0) < 0) return errno;
    struct {
      nlmsghdr header;
      nlmsgerr answer;
      char rest[1024];
    } reply{};
    if (::recv(netlink.get(), &reply, sizeof reply, 0) < static_cast<ssize_t>(NLMSG_LENGTH(sizeof(nlmsgerr))))
      return EIO;
    return -reply.answer.error;
  }

 private:
  std::vector<char> bytes_;
};

int createPair(const Fd & netlink, const std::string & name, const NetNamespace & farSpace) {
  Request request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, {});
  request.put(IFLA_IFNAME, name);
  size_t info = request.open(IFLA_LINKINFO);
  request.put(IFLA_INFO_KIND, "veth");
  size_t data = request.open(IFLA_INFO_DATA), peer = request.open(VETH_INFO_PEER);
  ifinfomsg farLink{};
  request.append(&farLink, sizeof farLink);
  request.put(IFLA_IFNAME, kFarName);
  int space = farSpace.fd().get();
  request.put(IFLA_NET_NS_FD, &space, sizeof space);
  for (size_t start : {peer, data, info}) request.close(start);
  return request.run(netlink);
}

Result<> openPackets(Fd & packets) {
  packets = Fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!packets) return systemError("open a packet socket");
  auto set = [&](int level, int option, int value) {
    return ::setsockopt(packets.get(), level, option, &value, sizeof value) == 0;
  };
  if (!set(SOL_PACKET, PACKET_VNET_HDR, 1) || !set(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1))
    return systemError("set up a packet socket");
  if (!set(SOL_SOCKET, SO_RCVBUFFORCE, kQueueBytes)) set(SOL_SOCKET, SO_RCVBUF, kQueueBytes);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(::if_nametoindex(kFarName));
  if (::bind(packets.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
    return systemError("bind a packet socket");
  return {};
}

// The far end must not speak for itself.
void silence() {
  Fd file(::open("/proc/sys/net/ipv6/conf/far/disable_ipv6", O_WRONLY | O_CLOEXEC));
  if (file) [[maybe_unused]]
    ssize_t refused = ::write(file.get(), "1", 1);  // then it has IPv6 neighbours to ask for, no more
}

}  // namespace

Result<std::unique_ptr<VethPair>> VethPair::create(const std::string & name) {
  auto farSpace = NetNamespace::create();
  if (!farSpace) return farSpace.error();
  Fd netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!netlink) return systemError("open a netlink socket");
  if (int error = createPair(netlink, name, farSpace.value()); error != 0)
    return systemError("make the veth interface " + name, error);
  int index = static_cast<int>(::if_nametoindex(name.c_str()));
  std::unique_ptr<VethPair> pair(new VethPair(std::move(netlink), index));
  if (auto opened = farSpace->enter([&] { return pair->openFarEnd(); }); !opened) return opened.error();
  return pair;
}

Result<> VethPair::openFarEnd() {
  silence();
  if (auto opened = openPackets(packets_); !opened) return opened;
  auto control = LinkControl::open(kFarName);
  if (!control) return control.error();
  far_ = std::move(control).value();
  forgetError();
  return far_->setMtu(kLongestMtu);
}

void VethPair::setCarrier(bool up) {
  (void)far_->setUp(up);
  forgetError();
}

// A packet socket takes an interface that is down for an error, and says so until it is asked.
void VethPair::forgetError() {
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(packets_.get(), SOL_SOCKET, SO_ERROR, &error, &length);
}

VethPair::~VethPair() {
  ifinfomsg link{};
  link.ifi_index = index_;
  Request(RTM_DELLINK, 0, link).run(netlink_);
}

}  // namespace multiport::host
