// fake_kernel.h — the kernel side's end of the socket, played by a test: what a dext process sends, one after the
// other.
#pragma once

#include <DriverKit/IORPC.h>

#include <map>
#include <string>
#include <vector>

#include "host/base/fd.h"
#include "host/base/memory.h"
#include "host/wire/packet.h"

namespace multiport::runtime {

using wire::Packet;

inline constexpr uint64_t kDriverId = 0x100000201;
inline constexpr uint64_t kProviderId = 0x100000200;

// What a method's structure holds behind its object references.
template <typename Structure>
std::vector<uint8_t> plainBytes(const Structure & structure, size_t references) {
  size_t offset = sizeof(IORPCMessage) + references * sizeof(OSObjectRef);
  auto * bytes = reinterpret_cast<const uint8_t *>(&structure);
  return offset < sizeof structure ? std::vector<uint8_t>(bytes + offset, bytes + sizeof structure)
                                   : std::vector<uint8_t>();
}

class FakeKernel {
 public:
  // Launches the test dext and says Welcome. Its classes are in `classNames`.
  FakeKernel();
  ~FakeKernel();

  std::vector<std::string> classNames;

  // Makes a service there: kOpInstantiate. Its Start is another matter.
  void instantiate(uint64_t id, const char * className);
  // The same, and Start; checks that it said so.
  void startDriver();

  wire::WireObject proxy(uint64_t id, const char * className);
  wire::WireObject local(uint64_t id, const char * className);

  // A Call to the dext; its Reply. Log lines meanwhile are kept, other messages are answered by `serve`.
  Packet call(uint64_t target, uint64_t method, std::vector<wire::WireObject> objects = {},
              std::vector<uint8_t> plain = {}, std::vector<uint8_t> containers = {});
  uint64_t send(wire::Kind kind, uint64_t target, uint64_t method, std::vector<wire::WireObject> objects = {},
                std::vector<uint8_t> plain = {}, std::vector<uint8_t> containers = {});
  void send(Packet packet);
  void reply(const Packet & call, int32_t result, std::vector<wire::WireObject> objects = {},
             std::vector<uint8_t> plain = {}, std::vector<host::Fd> descriptors = {});

  // TestDriver::Run; its result, and the value.
  Packet run(const char * scenario, uint64_t argument = 0, std::vector<wire::WireObject> object = {});
  uint64_t startRun(const char * scenario, uint64_t argument = 0, std::vector<wire::WireObject> object = {});
  static uint64_t valueOf(const Packet & reply);

  // The next message that is no line of the log and no Release; fails the test after ten seconds.
  Packet next();
  // The next one, which must be a call of that method.
  Packet nextCall(uint64_t method);
  // The Reply of a call; everything before it must be lines of the log.
  Packet nextReply(uint64_t callId);
  // Waits until the dext has logged this line.
  void expectLine(const std::string & line);
  // Waits until the dext has given back its references of the object; how many.
  uint32_t released(uint64_t id);
  // The rule that was broken, "" when the process ended without; the process has ended by itself then.
  std::string brokenRule();
  // Whether it ends with exit code 0 when told to.
  bool exits();

 private:
  Packet receive();
  bool keep(const Packet & packet);

  host::Fd socket_;
  std::vector<uint8_t> room_ = std::vector<uint8_t>(wire::kMaxPacket);
  int pid_ = 0;
  uint64_t lastCall_ = 0;
  std::vector<std::string> lines_;
  std::map<uint64_t, uint32_t> released_;
};

}  // namespace multiport::runtime
