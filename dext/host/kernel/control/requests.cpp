#include "host/kernel/control/requests.h"

#include <unistd.h>

#include "host/kernel/control/adapters.h"
#include "host/kernel/control/control.h"
#include "host/kernel/control/parameters.h"
#include "host/kernel/control/real_devices.h"
#include "host/kernel/control/reports.h"
#include "host/kernel/kernel.h"
#include "host/kernel/services/deactivation.h"

namespace multiport::kernel {

namespace {

// What the host is still busy with, for somebody who waited in vain.
std::string busyWords(const Kernel & kernel) {
  std::string words;
  kernel.registry.walk([&](Service & service) {
    auto & state = service.state();
    const char * what = state.isStarting ? " is being started" : state.inactive ? " is being terminated" : nullptr;
    if (what) words += (words.empty() ? "" : ", ") + service.name() + what;
  });
  return words.empty() ? "the host is not quiet yet" : words;
}

Task<Outcome> quiet(Kernel & kernel, Json request) {
  Parameters parameters(request);
  auto patience = parameters.number("timeout", 1, 3600, 60);
  if (parameters.wrong()) co_return *parameters.wrong();
  bool late = false;
  auto timer = kernel.loop.after(std::chrono::seconds(patience), [&] {
    late = true;
    kernel.changed.fire();
  });
  while (!kernel.isQuiet() && !late) co_await kernel.changed.next();
  if (late) co_return Refusal{busyWords(kernel), "The request \"log\" says what happened."};
  co_return Json::object();
}

Task<Outcome> activate(Kernel & kernel, Json request) {
  Parameters parameters(request);
  auto path = parameters.text("bundle");
  if (parameters.wrong()) co_return *parameters.wrong();
  auto activated = kernel.activate(path);
  if (!activated) co_return Refusal{activated.error().words, "Give the path of a folder NAME.dext."};
  co_return Json{{"bundle", activated.value()}};
}

Task<Outcome> deactivateRequest(Kernel & kernel, Json request) {
  Parameters parameters(request);
  auto identifier = parameters.text("bundle");
  if (parameters.wrong()) co_return *parameters.wrong();
  if (!kernel.catalogue.find(identifier))
    co_return Refusal{"no bundle \"" + identifier + "\" is active", "Give its CFBundleIdentifier."};
  co_await deactivate(kernel, identifier);
  co_return Json::object();
}

Task<Outcome> sleep(Kernel & kernel) {
  if (!kernel.power.isAwake()) co_return Refusal{"the machine is not awake", "Wake it: the request \"wake\"."};
  co_await kernel.power.sleep();
  co_return Json::object();
}

Task<Outcome> wake(Kernel & kernel, Json request) {
  Parameters parameters(request);
  bool lost = parameters.flag("deviceReset");
  if (parameters.wrong()) co_return *parameters.wrong();
  if (!kernel.power.isAsleep()) co_return Refusal{"the machine does not sleep", "The request \"sleep\" comes first."};
  co_await kernel.power.wake(lost);
  co_return Json::object();
}

Task<Outcome> plug(Adapters & adapters, RealDevices & devices, Json request) {
  if (RealDevices::isMeant(request)) co_return co_await devices.plug(request);
  co_return adapters.plug(request);
}

// Adapters and devices have one numbering.
Outcome unplug(Adapters & adapters, RealDevices & devices, const Json & request) {
  Parameters parameters(request);
  bool all = parameters.flag("all");
  auto number = parameters.number("device", 1, UINT32_MAX, 1);
  if (parameters.wrong()) return *parameters.wrong();
  if (!all && number >= RealDevices::kFirstNumber) return devices.unplug(number);
  if (all) devices.unplugAll();
  return adapters.unplug(request);
}

Json allPlugged(const Adapters & adapters, RealDevices & devices, const Kernel & kernel) {
  auto list = adapters.list();
  for (auto & row : devices.list(kernel.usb)) list.push_back(row);
  return list;
}

}  // namespace

void addRequests(Control & control, Kernel & kernel, Adapters & adapters, RealDevices & devices, std::string netns) {
  auto now = [&](std::string name, std::function<Outcome(const Json &)> serve) {
    control.on(std::move(name),
               [serve = std::move(serve)](const Json & request) -> Task<Outcome> { co_return serve(request); });
  };
  now("host", [netns](auto &) { return Json{{"pid", ::getpid()}, {"netns", netns}}; });
  now("registry", [&](auto &) { return toJson(kernel.registry.root()); });
  now("interfaces", [&](auto &) { return interfacesReport(kernel); });
  now("servers", [&](auto &) { return serversReport(kernel); });
  now("unplug", [&](auto & request) { return unplug(adapters, devices, request); });
  now("adapters", [&](auto &) { return allPlugged(adapters, devices, kernel); });
  now("inject", [&](auto & request) { return adapters.inject(request); });
  now("jacks", [&](auto & request) { return adapters.jacks(request); });
  now("down", [&](auto &) {
    kernel.loop.post([&] { kernel.loop.stop(); });
    return Json::object();
  });
  control.on("export", [&](const Json & request) { return adapters.exportOne(request); });
  control.on("plug", [&](const Json & request) { return plug(adapters, devices, request); });
  control.on("quiet", [&](const Json & request) { return quiet(kernel, request); });
  control.on("sleep", [&](auto &) { return sleep(kernel); });
  control.on("wake", [&](const Json & request) { return wake(kernel, request); });
  control.on("activate", [&](const Json & request) { return activate(kernel, request); });
  control.on("deactivate", [&](const Json & request) { return deactivateRequest(kernel, request); });
}

}  // namespace multiport::kernel
