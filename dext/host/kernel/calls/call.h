// call.h — a message to an object of the kernel in, what it answers out.
#pragma once

#include <DriverKit/IORPC.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "host/base/fd.h"
#include "host/kernel/registry/value.h"
#include "host/kernel/returns.h"

namespace multiport::kernel {

using host::Fd;
class Object;
class Server;

// An object parameter: none, an object, or a container by value.
using Parameter = std::variant<std::monostate, std::shared_ptr<Object>, Value>;

namespace detail {
// Bytes of a generated structure in front of its plain parameters: the header, and `objects` references.
constexpr size_t plainOffset(size_t objects) { return sizeof(IORPCMessage) + objects * sizeof(OSObjectRef); }
}  // namespace detail

struct Answer {
  IOReturn result = kIOReturnSuccess;
  std::vector<Parameter> objects;
  std::vector<uint8_t> plain;
  std::vector<Fd> descriptors;

  Answer(IOReturn result = kIOReturnSuccess) : result(result) {}

  // Success with out objects and without plain parameters.
  static Answer with(std::vector<Parameter> objects) {
    Answer answer;
    answer.objects = std::move(objects);
    return answer;
  }

  // Success with a generated <Class>_<Method>_Rpl whose plain out parameters are set.
  template <typename Rpl>
  static Answer reply(const Rpl & rpl, std::vector<Parameter> objects = {}) {
    static_assert(std::is_trivially_copyable_v<Rpl>);
    Answer answer = with(std::move(objects));
    size_t offset = detail::plainOffset(answer.objects.size());
    auto * bytes = reinterpret_cast<const uint8_t *>(&rpl);
    if (offset < sizeof(Rpl)) answer.plain.assign(bytes + offset, bytes + sizeof(Rpl));
    return answer;
  }
};

struct Call {
  std::shared_ptr<Server> from;
  uint64_t method;
  std::vector<Parameter> objects;  // the target is not among them
  std::vector<uint8_t> plain;

  // The generated <Class>_<Method>_Msg with its plain parameters; nothing when the sender's had another size.
  template <typename Msg>
  std::optional<Msg> message() const {
    static_assert(std::is_trivially_copyable_v<Msg>);
    size_t offset = detail::plainOffset(1 + objects.size());
    if (offset > sizeof(Msg) || plain.size() != sizeof(Msg) - offset) return std::nullopt;
    Msg message{};
    if (!plain.empty()) std::memcpy(reinterpret_cast<uint8_t *>(&message) + offset, plain.data(), plain.size());
    return message;
  }

  // Parameter `index` when it is an object of class T, nullptr otherwise.
  template <typename T = Object>
  std::shared_ptr<T> object(size_t index) const {
    auto * held = index < objects.size() ? std::get_if<std::shared_ptr<Object>>(&objects[index]) : nullptr;
    return held ? std::dynamic_pointer_cast<T>(*held) : nullptr;
  }
  // Parameter `index` when it is a container of kind T, nullptr otherwise.
  template <typename T>
  const T * value(size_t index) const {
    auto * held = index < objects.size() ? std::get_if<Value>(&objects[index]) : nullptr;
    return held ? held->as<T>() : nullptr;
  }
};

}  // namespace multiport::kernel
