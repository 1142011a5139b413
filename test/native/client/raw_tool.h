// raw_tool.h — a tool without libIOKit.so: packets as a test makes them, right or wrong.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "host/base/fd.h"
#include "host/wire/client_message.h"

namespace multiport::client::test {

class RawTool {
 public:
  // Connects and takes the Welcome; what it says is in `welcome`.
  explicit RawTool(const std::string & state) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, (state + "/clients").c_str());
    socket.reset(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) return;
    if (auto packet = receive()) welcome = packet->header.result;
  }

  struct Packet {
    wire::WireHeader header;
    std::vector<uint8_t> payload;
    std::vector<host::Fd> descriptors;
  };

  // Nothing: the host has let go.
  std::optional<Packet> receive() {
    std::vector<uint8_t> buffer(wire::kMaxPacket);
    iovec part{buffer.data(), buffer.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(4 * sizeof(int))];
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    auto size = ::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC);
    Packet packet;
    if (size < static_cast<ssize_t>(sizeof packet.header)) return std::nullopt;
    std::memcpy(&packet.header, buffer.data(), sizeof packet.header);
    packet.payload.assign(buffer.begin() + sizeof packet.header, buffer.begin() + size);
    for (auto * rights = CMSG_FIRSTHDR(&message); rights; rights = CMSG_NXTHDR(&message, rights)) {
      int descriptor;
      std::memcpy(&descriptor, CMSG_DATA(rights), sizeof descriptor);
      packet.descriptors.emplace_back(descriptor);
    }
    return packet;
  }

  bool sendBytes(const std::vector<uint8_t> & bytes, const std::vector<int> & descriptors = {}) {
    iovec part{const_cast<uint8_t *>(bytes.data()), bytes.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(16 * sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) {
      message.msg_control = control;
      message.msg_controllen = CMSG_SPACE(descriptors.size() * sizeof(int));
      auto * rights = CMSG_FIRSTHDR(&message);
      rights->cmsg_level = SOL_SOCKET;
      rights->cmsg_type = SCM_RIGHTS;
      rights->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
      std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size() * sizeof(int));
    }
    return ::sendmsg(socket.get(), &message, MSG_NOSIGNAL) >= 0;
  }

  static std::vector<uint8_t> request(uint64_t operation, uint64_t target, const std::vector<uint8_t> & payload,
                                      uint64_t callId = 1) {
    wire::WireHeader header{};
    header.kind = wire::Kind::Call;
    header.callId = callId;
    header.target = target;
    header.method = operation;
    header.payloadSize = static_cast<uint32_t>(payload.size());
    std::vector<uint8_t> bytes(sizeof header + payload.size());
    std::memcpy(bytes.data(), &header, sizeof header);
    if (!payload.empty()) std::memcpy(bytes.data() + sizeof header, payload.data(), payload.size());
    return bytes;
  }

  // A request and its answer; news in between are passed over. Nothing: the host has let go.
  std::optional<Packet> call(uint64_t operation, uint64_t target, const std::vector<uint8_t> & payload = {},
                             const std::vector<int> & descriptors = {}) {
    if (!sendBytes(request(operation, target, payload), descriptors)) return std::nullopt;
    auto packet = receive();
    while (packet && packet->header.kind != wire::Kind::Reply) packet = receive();
    return packet;
  }

  template <typename T>
  static std::vector<uint8_t> bytesOf(const T & value) {
    std::vector<uint8_t> bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
  }

  // The user client of a service; 0 when it cannot be had.
  uint64_t open(uint64_t service) {
    auto answer = call(wire::kClientOpen, service, bytesOf(uint32_t{0}));
    uint64_t id = 0;
    if (answer && answer->payload.size() == sizeof id) std::memcpy(&id, answer->payload.data(), sizeof id);
    return id;
  }

  host::Fd socket;
  std::optional<int> welcome;
};

}  // namespace multiport::client::test
