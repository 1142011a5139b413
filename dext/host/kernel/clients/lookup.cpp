#include "host/kernel/clients/lookup.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <string_view>

#include "host/kernel/calls/containers.h"
#include "host/kernel/catalogue/match.h"
#include "host/kernel/kernel.h"
#include "host/kernel/services/classes.h"

namespace multiport::kernel {

namespace {

using wire::ServiceEvent;

bool fitsName(const Service & service, const Value & wanted) {
  if (auto * name = wanted.as<std::string>()) return service.name() == *name;
  auto * names = wanted.as<Array>();
  return names && std::any_of(names->begin(), names->end(), [&](auto & each) { return fitsName(service, each); });
}

Value entryOf(const Service & service) {
  Array classes;
  for (std::string_view name = service.kernelClass(); !name.empty(); name = kernelSuperclass(name))
    classes.push_back(std::string(name));
  return Array{number(service.id(), 64), service.name(), std::move(classes)};
}

Answer withContainer(const Value & value) {
  Answer answer;
  answer.plain = encodeContainer(value);
  return answer;
}

// The registered services that fit, and of which `isThere` is true.
Array entriesThat(const Kernel & kernel, const Dictionary & matching, bool (*isThere)(const ServiceState &)) {
  Array entries;
  kernel.registry.walk([&](Service & service) {
    bool isGood = !service.state().inactive && isThere(service.state()) && fitsMatching(kernel, service, matching);
    if (isGood) entries.push_back(entryOf(service));
  });
  return entries;
}

bool isRegistered(const ServiceState & state) { return state.registered; }
bool isMatched(const ServiceState & state) { return state.registered && state.matched; }
bool isNever(const ServiceState &) { return false; }

std::optional<Dictionary> dictionaryIn(std::span<const uint8_t> bytes) {
  auto value = decodeContainer(bytes);
  auto * dictionary = value ? value->as<Dictionary>() : nullptr;
  return dictionary ? std::optional(*dictionary) : std::nullopt;
}

Answer childrenOf(const Service & service) {
  Array entries;
  for (auto & child : service.children()) entries.push_back(entryOf(static_cast<const Service &>(*child)));
  return withContainer(std::move(entries));
}

}  // namespace

bool fitsMatching(const Kernel & kernel, const Service & service, const Dictionary & matching) {
  auto * name = find(matching, "IONameMatch");
  auto * id = find<Number>(matching, "IORegistryEntryID");
  auto * kernelClass = find(matching, "IOProviderClass");
  if (kernelClass && !service.isA(text(matching, "IOProviderClass"))) return false;
  if ((name && !fitsName(service, *name)) || (id && id->value != service.id())) return false;
  if (!fitsProperties(service, matching, kernel.options.osLevel)) return false;
  static const std::set<std::string_view> kOwnKeys = {"IONameMatch", "IOPropertyExistsMatch", "IOPropertyMatch",
                                                      "IOProviderClass", "IORegistryEntryID"};
  auto isOwn = [](auto & each) { return kOwnKeys.contains(each.first); };
  return std::all_of(matching.begin(), matching.end(), isOwn) || service.familyScore(matching);
}

std::vector<uint8_t> describeEntry(const Service & service) { return encodeContainer(entryOf(service)); }

Answer serveLookup(Kernel & kernel, const Packet & packet) {
  if (packet.header.method == wire::kClientMatch) {
    auto matching = dictionaryIn(packet.payload);
    if (!matching) return kIOReturnBadArgument;
    return withContainer(entriesThat(kernel, *matching, isRegistered));
  }
  auto service = kernel.registry.find(packet.header.target);
  if (!service) return kIOReturnNoDevice;
  switch (packet.header.method) {
    case wire::kClientDescribe:
      return withContainer(entryOf(*service));
    case wire::kClientProps:
      return withContainer(service->properties());
    case wire::kClientChildren:
      return childrenOf(*service);
    case wire::kClientParent:
      return service->provider() ? withContainer(entryOf(*service->providerService())) : Answer(kIOReturnNoDevice);
    default:
      return kIOReturnUnsupported;
  }
}

Answer startObserving(Kernel & kernel, Connection & connection, const Packet & packet) {
  uint32_t event = 0;
  if (packet.payload.size() < sizeof event) return kIOReturnBadArgument;
  std::memcpy(&event, packet.payload.data(), sizeof event);
  auto matching = dictionaryIn(std::span(packet.payload).subspan(sizeof event));
  if (!matching || event < uint32_t(ServiceEvent::Published) || event > uint32_t(ServiceEvent::Terminated))
    return kIOReturnBadArgument;
  auto what = static_cast<ServiceEvent>(event);
  if (!connection.observe(packet.header.target, what, *matching)) {
    connection.refuse("client-observers", "it observes too much, or one thing twice");
    return kIOReturnNoResources;
  }
  bool isLater = what == ServiceEvent::Matched || what == ServiceEvent::FirstMatched;
  return withContainer(entriesThat(kernel, *matching,
                                   what == ServiceEvent::Terminated ? isNever
                                   : isLater                        ? isMatched
                                                                    : isRegistered));
}

}  // namespace multiport::kernel
