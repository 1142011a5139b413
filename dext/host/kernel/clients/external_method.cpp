#include "host/kernel/clients/external_method.h"

#include <DriverKit/IOUserClient.messages.h>

#include <cstring>

#include "host/kernel/calls/plain.h"
#include "host/kernel/clients/completion.h"
#include "host/kernel/clients/limits.h"
#include "host/kernel/kernel.h"
#include "host/kernel/memory/memory_descriptor.h"

namespace multiport::kernel {

namespace {

static_assert(wire::kMaxScalars == kIOUserClientScalarArrayCountMax);

// A kClientMethod whose numbers agree with each other and with its bytes.
struct Request {
  wire::ClientCall call;
  uint64_t scalars[wire::kMaxScalars] = {};
  Data structure;
};

std::optional<Request> requestIn(const Packet & packet) {
  Request request;
  auto & call = request.call;
  auto & payload = packet.payload;
  if (payload.size() < sizeof call) return std::nullopt;
  std::memcpy(&call, payload.data(), sizeof call);
  bool fits = call.scalarCount <= wire::kMaxScalars && call.scalarOutCount <= wire::kMaxScalars &&
              call.structBytes <= wire::kMaxInlineBytes && call.structOutBytes <= wire::kMaxInlineBytes &&
              call.isAsync <= 1 && call.largeInput <= limits::kLargeBytes && call.largeOutput <= limits::kLargeBytes;
  bool isOne = (call.structBytes == 0 || call.largeInput == 0) && (call.structOutBytes == 0 || call.largeOutput == 0);
  size_t descriptors = (call.largeInput > 0) + (call.largeOutput > 0);
  if (!fits || !isOne || packet.descriptors.size() != descriptors) return std::nullopt;
  size_t scalarBytes = call.scalarCount * sizeof(uint64_t);
  if (payload.size() != sizeof call + scalarBytes + call.structBytes) return std::nullopt;
  if (scalarBytes > 0) std::memcpy(request.scalars, payload.data() + sizeof call, scalarBytes);
  request.structure.assign(payload.end() - call.structBytes, payload.end());
  return request;
}

// The tool's memory, as the driver sees it: what comes in is only to be read. nullptr: it is not that long, its size is
// not sealed, or it is no memory.
std::shared_ptr<MemoryDescriptor> toolsMemory(Kernel & kernel, host::Fd memfd, uint64_t bytes, Direction direction) {
  auto access = direction == kDirectionOut ? host::Access::ReadOnly : host::Access::ReadWrite;
  auto memory = host::SharedMemory::map(std::move(memfd), access);
  if (!memory || memory->size() < bytes) return nullptr;
  MemoryDescriptor::Range range{std::make_shared<host::SharedMemory>(std::move(memory).value()), 0, bytes};
  return std::make_shared<MemoryDescriptor>(kernel.registry.newId(), "IOMemoryDescriptor", std::move(range), direction,
                                            0);
}

// Large structures of the connection, for as long as a call holds them.
class LargeBytes {
 public:
  LargeBytes(std::shared_ptr<Connection> connection, uint64_t bytes)
      : connection_(std::move(connection)), bytes_(bytes) {
    connection_->largeBytes += bytes_;
  }
  LargeBytes(const LargeBytes &) = delete;
  ~LargeBytes() { connection_->largeBytes -= bytes_; }
  bool fits() const { return connection_->largeBytes <= limits::kLargeBytesInFlight; }

 private:
  std::shared_ptr<Connection> connection_;
  uint64_t bytes_;
};

// The object parameters of _ExternalMethod, in its order; nothing: the tool's memory is of no use.
std::optional<std::vector<Parameter>> parametersOf(Kernel & kernel, const std::shared_ptr<Connection> & connection,
                                                   Request & request, Packet & packet) {
  std::vector<Parameter> parameters(4);
  auto & call = request.call;
  if (call.structBytes > 0) parameters[0] = Value(std::move(request.structure));
  if (call.largeInput > 0) {
    auto input = toolsMemory(kernel, std::move(packet.descriptors.front()), call.largeInput, kDirectionOut);
    if (!input) return std::nullopt;
    parameters[1] = ObjectRef(std::move(input));
  }
  if (call.largeOutput > 0) {
    auto output = toolsMemory(kernel, std::move(packet.descriptors.back()), call.largeOutput, kDirectionIn);
    if (!output) return std::nullopt;
    parameters[2] = ObjectRef(std::move(output));
  }
  if (call.isAsync)
    parameters[3] = ObjectRef(std::make_shared<Completion>(kernel.registry.newId(), connection, call.reference));
  return parameters;
}

std::vector<uint8_t> messageOf(const Request & request) {
  IOUserClient__ExternalMethod_Msg message{};
  auto & call = request.call;
  message.selector = call.selector;
  std::memcpy(message.scalarInput, request.scalars, sizeof message.scalarInput);
  message.scalarInputCount = call.scalarCount;
  message.scalarOutputMaximumCount = call.scalarOutCount;
  message.structureOutputMaximumSize = call.largeOutput > 0 ? call.largeOutput : call.structOutBytes;
  return plainOf(message, 4);
}

// What a driver that gave no structure leaves of its room is not touched: zeros, as many as there was room for. One
// that gives a structure beside memory of the tool's is wrong.
Answer resultOf(const Answer & given, const wire::ClientCall & call) {
  auto reply = replyOf<IOUserClient__ExternalMethod_Rpl>(given);
  if (!reply || given.objects.size() != 1 || reply->scalarOutputCount > call.scalarOutCount)
    return kIOReturnInternalError;
  auto * value = std::get_if<Value>(&given.objects[0]);
  auto * data = value ? value->as<Data>() : nullptr;
  if (data && data->size() > call.structOutBytes) return kIOReturnBadArgument;
  Data structure = data ? *data : Data(call.structOutBytes);
  wire::ClientResult head{reply->scalarOutputCount, static_cast<uint32_t>(structure.size())};
  size_t scalarBytes = head.scalarCount * sizeof(uint64_t);
  Answer answer;
  answer.plain.resize(sizeof head + scalarBytes);
  std::memcpy(answer.plain.data(), &head, sizeof head);
  if (scalarBytes > 0) std::memcpy(answer.plain.data() + sizeof head, reply->scalarOutput, scalarBytes);
  answer.plain.insert(answer.plain.end(), structure.begin(), structure.end());
  return answer;
}

}  // namespace

Task<Answer> callMethod(Kernel & kernel, std::shared_ptr<Connection> connection, Packet packet) {
  auto request = requestIn(packet);
  if (!request) co_return kIOReturnBadArgument;
  IOReturn result;
  auto client = connection->client(packet.header.target, result);
  if (!client) co_return result;
  auto call = request->call;
  LargeBytes large(connection, call.largeInput + call.largeOutput);
  if (!large.fits() || (call.isAsync && connection->completions >= limits::kCompletions)) {
    connection->refuse(large.fits() ? "client-completions" : "client-memory", "its calls hold too much");
    co_return kIOReturnNoResources;
  }
  auto parameters = parametersOf(kernel, connection, *request, packet);
  if (!parameters) co_return kIOReturnBadArgument;
  auto answer = co_await client->owner()->call(*client, IOUserClient__ExternalMethod_ID, std::move(*parameters),
                                               messageOf(*request));
  if (answer.result == kIOReturnOffline && hasEnded(*client)) co_return kIOReturnNoDevice;
  if (answer.result != kIOReturnSuccess) co_return answer.result;
  co_return resultOf(answer, call);
}

}  // namespace multiport::kernel
