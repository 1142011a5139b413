// external_method.cpp — IOConnectCallMethod and its relatives: arguments in, one packet, results out.

#include <DriverKit/IOReturn.h>
#include <sys/mman.h>

#include <cstring>

#include "host/base/memory.h"
#include "host/client/ports.h"
#include "host/client/user_client.h"

using namespace multiport;
using namespace multiport::client;

namespace {

// What a tool gave, and room for what it gets.
struct Arguments {
  uint32_t selector;
  const uint64_t * input;
  uint32_t inputCount;
  const void * structure;
  size_t structureSize;
  uint64_t * output;
  uint32_t * outputCount;
  void * outputStructure;
  size_t * outputStructureSize;

  uint32_t outputRoom() const { return output && outputCount ? *outputCount : 0; }
  size_t structureRoom() const { return outputStructure && outputStructureSize ? *outputStructureSize : 0; }
  bool areGood() const {
    return (input || inputCount == 0) && (structure || structureSize == 0) && inputCount <= wire::kMaxScalars &&
           outputRoom() <= wire::kMaxScalars;
  }
};

// A structure as memory of both sides; nothing while it fits a packet.
struct Large {
  std::optional<host::SharedMemory> memory;
  uint64_t bytes = 0;

  // False: there is no memory for it.
  bool make(size_t size) {
    if (size <= wire::kMaxInlineBytes) return true;
    auto made = host::SharedMemory::create("IOConnectCallMethod", size);
    if (!made) return false;
    memory = std::move(made).value();
    bytes = size;
    return true;
  }
};

std::vector<uint8_t> payloadOf(const Arguments & arguments, const Large & input, const Large & output,
                               uint64_t reference) {
  wire::ClientCall call{};
  call.selector = arguments.selector;
  call.isAsync = reference != 0;
  call.reference = reference;
  call.scalarCount = arguments.inputCount;
  call.scalarOutCount = arguments.outputRoom();
  call.structBytes = input.bytes ? 0 : static_cast<uint32_t>(arguments.structureSize);
  call.structOutBytes = output.bytes ? 0 : static_cast<uint32_t>(arguments.structureRoom());
  call.largeInput = input.bytes;
  call.largeOutput = output.bytes;
  size_t scalarBytes = call.scalarCount * sizeof(uint64_t);
  std::vector<uint8_t> payload(sizeof call + scalarBytes + call.structBytes);
  std::memcpy(payload.data(), &call, sizeof call);
  if (scalarBytes) std::memcpy(payload.data() + sizeof call, arguments.input, scalarBytes);
  if (call.structBytes) std::memcpy(payload.data() + sizeof call + scalarBytes, arguments.structure, call.structBytes);
  return payload;
}

kern_return_t takeResult(const Reply & reply, const Arguments & arguments, const Large & output) {
  wire::ClientResult result;
  if (reply.payload.size() < sizeof result) return kIOReturnInternalError;
  std::memcpy(&result, reply.payload.data(), sizeof result);
  size_t scalarBytes = result.scalarCount * sizeof(uint64_t);
  bool fits = result.scalarCount <= arguments.outputRoom() && result.structBytes <= arguments.structureRoom() &&
              reply.payload.size() == sizeof result + scalarBytes + result.structBytes;
  if (!fits) return kIOReturnInternalError;
  if (scalarBytes) std::memcpy(arguments.output, reply.payload.data() + sizeof result, scalarBytes);
  if (arguments.outputCount) *arguments.outputCount = result.scalarCount;
  if (output.bytes) {
    std::memcpy(arguments.outputStructure, output.memory->data(), output.bytes);
    return kIOReturnSuccess;
  }
  if (result.structBytes)
    std::memcpy(arguments.outputStructure, reply.payload.data() + sizeof result + scalarBytes, result.structBytes);
  if (arguments.outputStructureSize) *arguments.outputStructureSize = result.structBytes;
  return kIOReturnSuccess;
}

kern_return_t call(UserClient & client, const Arguments & arguments, uint64_t reference) {
  Large input, output;
  if (!input.make(arguments.structureSize) || !output.make(arguments.structureRoom())) return kIOReturnNoMemory;
  if (input.bytes) std::memcpy(input.memory->data(), arguments.structure, input.bytes);
  std::vector<int> descriptors;
  if (input.bytes) descriptors.push_back(input.memory->fd().get());
  if (output.bytes) descriptors.push_back(output.memory->fd().get());
  auto reply =
      client.link->call(wire::kClientMethod, client.id, payloadOf(arguments, input, output, reference), descriptors);
  return reply.result == kIOReturnSuccess ? takeResult(reply, arguments, output) : reply.result;
}

// Makes the callback as IODispatchCalloutFromMessage does: up to two arguments by value.
void complete(uint64_t function, void * refcon, std::vector<uint64_t> arguments, IOReturn status) {
  auto count = static_cast<uint32_t>(arguments.size());
  auto ** all = reinterpret_cast<void **>(arguments.data());
  if (count == 0) return reinterpret_cast<IOAsyncCallback0>(function)(refcon, status);
  if (count == 1) return reinterpret_cast<IOAsyncCallback1>(function)(refcon, status, all[0]);
  if (count == 2) return reinterpret_cast<IOAsyncCallback2>(function)(refcon, status, all[0], all[1]);
  reinterpret_cast<IOAsyncCallback>(function)(refcon, status, all, count);
}

kern_return_t callAsync(mach_port_t connection, mach_port_t wakePort, const uint64_t * reference,
                        uint32_t referenceCount, const Arguments & arguments) {
  auto client = handleAs<UserClient>(connection);
  auto port = handleAs<Port>(wakePort);
  bool isGood = client && port && reference && referenceCount >= kIOAsyncCalloutCount &&
                referenceCount <= kOSAsyncRef64Count && reference[kIOAsyncCalloutFuncIndex] && arguments.areGood();
  if (!isGood) return kIOReturnBadArgument;
  auto callback = reference[kIOAsyncCalloutFuncIndex];
  auto * refcon = reinterpret_cast<void *>(reference[kIOAsyncCalloutRefconIndex]);
  auto number = client->addCompletion([port, callback, refcon](std::span<const uint8_t> payload) {
    wire::ClientCompletion head;
    if (payload.size() < sizeof head) return;
    std::memcpy(&head, payload.data(), sizeof head);
    if (payload.size() != sizeof head + head.argumentCount * sizeof(uint64_t)) return;
    std::vector<uint64_t> values(head.argumentCount);
    if (!values.empty()) std::memcpy(values.data(), payload.data() + sizeof head, payload.size() - sizeof head);
    port->deliver([callback, refcon, values = std::move(values), status = head.status] {
      complete(callback, refcon, values, status);
    });
  });
  auto result = call(*client, arguments, number);
  if (result != kIOReturnSuccess) client->removeCompletion(number);
  return result;
}

}  // namespace

extern "C" {

kern_return_t IOConnectCallMethod(mach_port_t connection, uint32_t selector, const uint64_t * input, uint32_t inputCnt,
                                  const void * inputStruct, size_t inputStructCnt, uint64_t * output,
                                  uint32_t * outputCnt, void * outputStruct, size_t * outputStructCnt) {
  auto client = handleAs<UserClient>(connection);
  Arguments arguments{selector, input,     inputCnt,     inputStruct,    inputStructCnt,
                      output,   outputCnt, outputStruct, outputStructCnt};
  return client && arguments.areGood() ? call(*client, arguments, 0) : kIOReturnBadArgument;
}

kern_return_t IOConnectCallScalarMethod(mach_port_t connection, uint32_t selector, const uint64_t * input,
                                        uint32_t inputCnt, uint64_t * output, uint32_t * outputCnt) {
  return IOConnectCallMethod(connection, selector, input, inputCnt, nullptr, 0, output, outputCnt, nullptr, nullptr);
}

kern_return_t IOConnectCallStructMethod(mach_port_t connection, uint32_t selector, const void * inputStruct,
                                        size_t inputStructCnt, void * outputStruct, size_t * outputStructCnt) {
  return IOConnectCallMethod(connection, selector, nullptr, 0, inputStruct, inputStructCnt, nullptr, nullptr,
                             outputStruct, outputStructCnt);
}

kern_return_t IOConnectCallAsyncMethod(mach_port_t connection, uint32_t selector, mach_port_t wakePort,
                                       uint64_t * reference, uint32_t referenceCnt, const uint64_t * input,
                                       uint32_t inputCnt, const void * inputStruct, size_t inputStructCnt,
                                       uint64_t * output, uint32_t * outputCnt, void * outputStruct,
                                       size_t * outputStructCnt) {
  return callAsync(
      connection, wakePort, reference, referenceCnt,
      {selector, input, inputCnt, inputStruct, inputStructCnt, output, outputCnt, outputStruct, outputStructCnt});
}

kern_return_t IOConnectCallAsyncScalarMethod(mach_port_t connection, uint32_t selector, mach_port_t wakePort,
                                             uint64_t * reference, uint32_t referenceCnt, const uint64_t * input,
                                             uint32_t inputCnt, uint64_t * output, uint32_t * outputCnt) {
  return callAsync(connection, wakePort, reference, referenceCnt,
                   {selector, input, inputCnt, nullptr, 0, output, outputCnt, nullptr, nullptr});
}

kern_return_t IOConnectCallAsyncStructMethod(mach_port_t connection, uint32_t selector, mach_port_t wakePort,
                                             uint64_t * reference, uint32_t referenceCnt, const void * inputStruct,
                                             size_t inputStructCnt, void * outputStruct, size_t * outputStructCnt) {
  return callAsync(
      connection, wakePort, reference, referenceCnt,
      {selector, nullptr, 0, inputStruct, inputStructCnt, nullptr, nullptr, outputStruct, outputStructCnt});
}

}  // extern "C"
