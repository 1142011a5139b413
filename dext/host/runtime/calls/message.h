// message.h — a generated message structure with a life of its own: what it refers to is retained.
#pragma once

#include <DriverKit/OSObject.h>

#include <cstring>
#include <span>
#include <vector>

#include "host/runtime/objects/owned.h"

namespace multiport::runtime {

// The object references of a message or reply, the target's at the head of a message.
inline std::span<OSObjectRef> referencesOf(IORPCMessage * message) {
  return {reinterpret_cast<OSObjectRef *>(message + 1), message->objectRefs};
}

// The bytes behind the references.
inline std::span<uint8_t> plainOf(IORPCMessage * message) {
  auto * first = reinterpret_cast<uint8_t *>(referencesOf(message).data() + message->objectRefs);
  return {first, reinterpret_cast<uint8_t *>(message) + message->size};
}

class Message {
 public:
  // A copy of what a caller built.
  explicit Message(const IORPC & rpc) : words_((rpc.sendSize + 7) / 8) {
    std::memcpy(words_.data(), rpc.message, rpc.sendSize);
    for (auto reference : referencesOf(header()))
      if (auto * object = OSObjectOf(reference)) object->retain();
  }

  // One that arrived. Takes the references over.
  Message(uint64_t method, uint32_t flags, Owned<OSObject> target, std::vector<Owned<OSObject>> objects,
          std::span<const uint8_t> plain) {
    size_t size = sizeof(IORPCMessage) + (1 + objects.size()) * sizeof(OSObjectRef) + plain.size();
    words_.resize((size + 7) / 8);
    *header() = {method, flags, static_cast<uint32_t>(1 + objects.size()), static_cast<uint32_t>(size), 0};
    auto references = referencesOf(header());
    references[0] = OSObjectRefOf(target.take());
    for (size_t i = 0; i < objects.size(); i++) references[1 + i] = OSObjectRefOf(objects[i].take());
    if (!plain.empty()) std::memcpy(plainOf(header()).data(), plain.data(), plain.size());
  }

  Message(const Message &) = delete;
  ~Message() {
    for (auto reference : referencesOf(header()))
      if (auto * object = OSObjectOf(reference)) object->release();
  }

  IORPCMessage * header() { return reinterpret_cast<IORPCMessage *>(words_.data()); }
  OSMetaClassBase * target() { return OSObjectOf(referencesOf(header())[0]); }
  // With no room for a reply.
  IORPC rpc() { return {header(), nullptr, header()->size, 0}; }

 private:
  std::vector<uint64_t> words_;
};

// Room for a reply, as much as one through the kernel may have on macOS.
class ReplyRoom {
 public:
  IORPCMessage * header() { return reinterpret_cast<IORPCMessage *>(words_); }
  uint32_t size() const { return sizeof words_; }

 private:
  uint64_t words_[0x17c0 / sizeof(uint64_t)] = {};
};

}  // namespace multiport::runtime
