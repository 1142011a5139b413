// main.cpp — multiport-host: the command line in, the kernel side of the host until it is told to end.

#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "host/kernel/control/adapters.h"
#include "host/kernel/control/control.h"
#include "host/kernel/control/real_devices.h"
#include "host/kernel/control/requests.h"
#include "host/kernel/kernel.h"
#include "host/net/net_namespace.h"
#include "host/net/tap_interface.h"

using namespace multiport;
using namespace multiport::kernel;

namespace {

constexpr auto kSpin = std::chrono::microseconds(40);

int fail(const host::Error & error) {
  std::fprintf(stderr, "multiport-host: %s\n", error.words.c_str());
  return 1;
}

// SIGTERM and SIGINT end the loop instead of the process, so that everything is taken down in order.
host::Fd endSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  return host::Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

// Nobody writes to it: it becomes readable when its other end is closed, also by SIGKILL.
host::Result<host::Watch> watchCaller(const Options & options, host::Loop & loop) {
  if (!options.tied) return host::Watch();
  return loop.watch(STDIN_FILENO, EPOLLIN, [&loop](uint32_t) { loop.stop(); });
}

// What the host itself puts there, and nothing else.
void removeState(const std::string & folder) {
  for (auto * name : {"/control", "/interfaces.json", "/daemon.log"}) ::unlink((folder + name).c_str());
  ::rmdir(folder.c_str());
}

void sayReady(const Options & options, const std::string & netns) {
  nlohmann::json ready = {
      {"ready", true}, {"control", options.state + "/control"}, {"pid", ::getpid()}, {"netns", netns}};
  std::printf("%s\n", ready.dump().c_str());
  std::fflush(stdout);
}

int serve(const Options & options, host::Loop & loop, const host::NetNamespace & space) {
  auto offload = options.offload ? host::Offload::On : host::Offload::Off;
  Adapters adapters(loop, offload);
  RealDevices devices(loop);
  Kernel kernel(loop, options, std::make_unique<SpawnLauncher>(),
                [&](const std::string & name) -> host::Result<std::unique_ptr<host::OsInterface>> {
                  auto tap = host::TapInterface::create(loop, space, name, offload);
                  if (!tap) return tap.error();
                  return std::unique_ptr<host::OsInterface>(std::move(tap).value());
                });
  Control control(loop, kernel.tasks, kernel.log);
  addRequests(control, kernel, adapters, devices, space.path());
  if (auto opened = control.open(options.state + "/control"); !opened) return fail(opened.error());
  if (auto opened = kernel.clients.open(options.state + "/" + wire::kClientSocket); !opened)
    return fail(opened.error());
  for (auto & bundle : options.bundles)
    if (auto activated = kernel.activate(bundle); !activated) return fail(activated.error());
  adapters.bus().listen(kernel.usb);
  devices.listen(kernel.usb);
  devices.onTrouble = [&](auto & words) { kernel.log.write("kernel", words); };
  sayReady(options, space.path());
  loop.run();
  return 0;
}

}  // namespace

int main(int count, char ** arguments) {
  auto options = parseOptions({arguments + 1, arguments + count});
  if (!options) return fail(options.error()), 2;
  if (options->help) return std::fputs(kUsage, stdout), 0;
  ::mkdir(options->state.c_str(), 0700);
  if (options->ownNamespace)
    if (auto entered = host::enterUserNamespace(); !entered) return fail(entered.error());
  auto space = options->ownNamespace ? host::NetNamespace::create() : host::NetNamespace::current();
  if (!space) return fail(space.error());

  auto loop = host::Loop::make();
  if (!loop) return fail(loop.error());
  loop.value()->setSpin(kSpin);
  auto signals = endSignals();
  auto ending = loop.value()->watch(signals.get(), EPOLLIN, [&](uint32_t) { loop.value()->stop(); });
  auto tie = watchCaller(options.value(), *loop.value());
  if (!tie) return fail(tie.error());
  auto status = serve(options.value(), *loop.value(), space.value());
  if (options->temporary) removeState(options->state);
  return status;
}
