// services.cpp — matching dictionaries in; services, and news of them, out.

#include <DriverKit/IOReturn.h>

#include <array>
#include <cstring>

#include "host/client/ports.h"

using namespace multiport;
using namespace multiport::client;

mach_port_t mach_task_self_ = 0x103;
const mach_port_t kIOMainPortDefault = 0;

namespace {

CFMutableDictionaryRef matchingFor(const char * key, const char * value) {
  if (!value) return nullptr;
  auto dictionary = makeDictionary({{key, makeString(value).take()}});
  return reinterpret_cast<CFMutableDictionaryRef>(dictionary.take());
}

// The caller's reference of a matching dictionary; empty: it is none.
CfRef taken(CFDictionaryRef matching) { return CfRef(objectOf(matching, CfObject::Type::Dictionary)); }

kern_return_t match(CFDictionaryRef matching, std::vector<std::shared_ptr<Entry>> & entries) {
  auto dictionary = taken(matching);
  if (!dictionary) return kIOReturnBadArgument;
  int result;
  auto link = Link::get(result);
  if (!link) return result;
  auto reply = link->call(wire::kClientMatch, 0, encodeObject(*dictionary.get()));
  if (reply.result != kIOReturnSuccess) return reply.result;
  auto found = entriesIn(link, reply.payload);
  if (!found) return kIOReturnInternalError;
  entries = std::move(*found);
  return kIOReturnSuccess;
}

// The iterator of IOServiceAddMatchingNotification. Its end is the end of the news.
class Observer : public Iterator {
 public:
  Observer(std::shared_ptr<Link> link, std::shared_ptr<Port> port, IOServiceMatchingCallback callback, void * refCon)
      : Iterator({}), link_(std::move(link)), port_(std::move(port)), callback_(callback), refCon_(refCon) {}
  ~Observer() override {
    link_->removeHandler(number_);
    link_->tell(wire::kClientUnobserve, number_);
  }

  // Starts to observe; what is there already is in the iterator then.
  static kern_return_t start(const std::shared_ptr<Observer> & self, wire::ServiceEvent event,
                             const CfObject & matching) {
    self->number_ = self->link_->addHandler([weak = std::weak_ptr(self)](auto, auto payload) {
      if (auto observer = weak.lock()) observer->onNews(payload);
    });
    std::vector<uint8_t> payload(sizeof event);
    std::memcpy(payload.data(), &event, sizeof event);
    auto bytes = encodeObject(matching);
    payload.insert(payload.end(), bytes.begin(), bytes.end());
    auto reply = self->link_->call(wire::kClientObserve, self->number_, payload);
    if (reply.result != kIOReturnSuccess) return reply.result;
    auto entries = entriesIn(self->link_, reply.payload);
    if (!entries) return kIOReturnInternalError;
    self->add(std::move(*entries));
    return kIOReturnSuccess;
  }

  io_iterator_t name = 0;

 private:
  void onNews(std::span<const uint8_t> payload) {
    auto entry = entryIn(link_, payload);
    if (!entry || !add({std::move(entry)})) return;
    port_->deliver([callback = callback_, refCon = refCon_, iterator = name] {
      if (callback && handle(iterator)) callback(refCon, iterator);
    });
  }

  const std::shared_ptr<Link> link_;
  const std::shared_ptr<Port> port_;
  const IOServiceMatchingCallback callback_;
  void * const refCon_;
  uint64_t number_ = 0;
};

std::optional<wire::ServiceEvent> eventNamed(const char * type) {
  using wire::ServiceEvent;
  static constexpr std::array<std::pair<const char *, ServiceEvent>, 5> kNames = {{
      {kIOPublishNotification, ServiceEvent::Published},
      {kIOFirstPublishNotification, ServiceEvent::FirstPublished},
      {kIOMatchedNotification, ServiceEvent::Matched},
      {kIOFirstMatchNotification, ServiceEvent::FirstMatched},
      {kIOTerminatedNotification, ServiceEvent::Terminated},
  }};
  for (auto & [name, event] : kNames)
    if (type && std::strcmp(type, name) == 0) return event;
  return std::nullopt;
}

}  // namespace

extern "C" {

kern_return_t IOMainPort(mach_port_t, mach_port_t * mainPort) {
  if (!mainPort) return kIOReturnBadArgument;
  *mainPort = kIOMainPortDefault;
  return kIOReturnSuccess;
}

CFMutableDictionaryRef IOServiceMatching(const char * name) { return matchingFor("IOProviderClass", name); }

CFMutableDictionaryRef IOServiceNameMatching(const char * name) { return matchingFor("IONameMatch", name); }

io_service_t IOServiceGetMatchingService(mach_port_t, CFDictionaryRef matching) {
  std::vector<std::shared_ptr<Entry>> entries;
  if (match(matching, entries) != kIOReturnSuccess || entries.empty()) return IO_OBJECT_NULL;
  return addHandle(entries.front());
}

kern_return_t IOServiceGetMatchingServices(mach_port_t, CFDictionaryRef matching, io_iterator_t * existing) {
  std::vector<std::shared_ptr<Entry>> entries;
  auto result = match(matching, entries);
  if (!existing || result != kIOReturnSuccess) return existing ? result : kIOReturnBadArgument;
  *existing = addHandle(std::make_shared<Iterator>(std::move(entries)));
  return kIOReturnSuccess;
}

kern_return_t IOServiceAddMatchingNotification(IONotificationPortRef port, const io_name_t notificationType,
                                               CFDictionaryRef matching, IOServiceMatchingCallback callback,
                                               void * refCon, io_iterator_t * notification) {
  auto dictionary = taken(matching);
  auto event = eventNamed(notificationType);
  auto target = handleAs<Port>(IONotificationPortGetMachPort(port));
  if (!dictionary || !event || !target || !notification) return kIOReturnBadArgument;
  int result;
  auto link = Link::get(result);
  if (!link) return result;
  auto observer = std::make_shared<Observer>(link, std::move(target), callback, refCon);
  result = Observer::start(observer, *event, *dictionary.get());
  if (result != kIOReturnSuccess) return result;
  *notification = observer->name = addHandle(observer);
  return kIOReturnSuccess;
}

io_object_t IOIteratorNext(io_iterator_t iterator) {
  auto known = handleAs<Iterator>(iterator);
  auto entry = known ? known->next() : nullptr;
  return entry ? addHandle(std::move(entry)) : IO_OBJECT_NULL;
}

boolean_t IOIteratorIsValid(io_iterator_t iterator) { return handleAs<Iterator>(iterator) != nullptr; }

}  // extern "C"
