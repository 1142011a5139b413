// plain.h — a generated message structure in, its bytes behind the object references out.
#pragma once

#include "host/kernel/calls/call.h"

namespace multiport::kernel {

// `objects`: object parameters besides the target.
template <typename Msg>
std::vector<uint8_t> plainOf(const Msg & message, size_t objects) {
  size_t offset = detail::plainOffset(1 + objects);
  auto * bytes = reinterpret_cast<const uint8_t *>(&message);
  return offset < sizeof(Msg) ? std::vector<uint8_t>(bytes + offset, bytes + sizeof(Msg)) : std::vector<uint8_t>();
}

// A generated reply structure whose plain out parameters are what the answer says; nothing when it failed or has
// another size.
template <typename Rpl>
std::optional<Rpl> replyOf(const Answer & answer) {
  size_t offset = detail::plainOffset(answer.objects.size());
  if (answer.result != kIOReturnSuccess || offset > sizeof(Rpl) || answer.plain.size() != sizeof(Rpl) - offset)
    return std::nullopt;
  Rpl reply{};
  if (!answer.plain.empty())
    std::memcpy(reinterpret_cast<uint8_t *>(&reply) + offset, answer.plain.data(), answer.plain.size());
  return reply;
}

}  // namespace multiport::kernel
