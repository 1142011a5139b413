#include "host/kernel/services/create.h"

#include <DriverKit/IOService.messages.h>

#include "host/kernel/kernel.h"
#include "host/kernel/services/classes.h"
#include "host/kernel/services/methods.h"

namespace multiport::kernel {

namespace {

// The dictionary under `key` at the service's own top level (what SetProperties put there is not found), and what the
// kernel adds to it since macOS 13.
std::optional<Dictionary> propertiesFor(Kernel & kernel, const Service & service, const std::string & key) {
  auto * nested = find<Dictionary>(service.properties(), key);
  if (!nested) return std::nullopt;
  auto properties = *nested;
  if (kernel.options.osLevel < 13) return properties;
  if (auto * identifier = find(service.properties(), "CFBundleIdentifier"))
    properties["CFBundleIdentifier"] = *identifier;
  properties["IOUserServerName"] = service.server()->name();
  return properties;
}

}  // namespace

// xnu, IOService::Create_Impl. The kernel's half is never started; the process starts its own before Create returns.
Answer create(Kernel & kernel, Service & service, const Call & call) {
  auto message = call.message<IOService__Create_Msg>();
  if (!message) return kIOReturnBadArgument;
  if (call.object<Service>(0).get() != &service || service.server() != call.from) return kIOReturnUnsupported;
  auto key = fixedText(message->propertiesKey);
  auto properties = propertiesFor(kernel, service, key);
  if (!properties) {
    kernel.log.rule(call.from->name(), "create-properties",
                    "Create: " + service.name() + " has no dictionary \"" + key + "\" in its own personality");
    return kIOReturnBadArgument;
  }
  auto kernelClass = std::string(text(*properties, "IOClass"));
  auto userClass = std::string(text(*properties, "IOUserClass"));
  if (kernelClass.empty()) return kIOReturnBadArgument;
  if (userClass.empty()) {
    kernel.log.rule(call.from->name(), "create-user-class", "Create: no IOUserClass defined in \"" + key + "\"");
    return kIOReturnBadArgument;
  }
  if (service.state().inactive) return kIOReturnOffline;
  auto created = makeService(kernel, kernelClass, userClass);
  if (!created) return kIOReturnUnsupported;
  created->properties() = std::move(*properties);
  created->setName(userClass);
  created->attach(service);
  created->setServer(call.from);
  created->state().started = true;
  return Answer::with({std::static_pointer_cast<Object>(created)});
}

}  // namespace multiport::kernel
