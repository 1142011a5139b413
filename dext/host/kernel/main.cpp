// main.cpp — multiport-host: the command line in, the kernel side of the host until it is told to end.

#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "host/kernel/kernel.h"
#include "host/kernel/namespace.h"

using namespace multiport;
using namespace multiport::kernel;

namespace {

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

void sayReady(const Options & options) {
  auto pid = std::to_string(::getpid());
  nlohmann::json ready = {{"ready", true},
                          {"control", options.state + "/control"},
                          {"pid", ::getpid()},
                          {"netns", "/proc/" + pid + "/ns/net"}};
  std::printf("%s\n", ready.dump().c_str());
  std::fflush(stdout);
}

}  // namespace

int main(int count, char ** arguments) {
  auto options = parseOptions({arguments + 1, arguments + count});
  if (!options) return fail(options.error()), 2;
  if (options->help) return std::fputs(kUsage, stdout), 0;
  ::mkdir(options->state.c_str(), 0700);
  if (options->ownNamespace)
    if (auto entered = enterOwnNamespace(); !entered) return fail(entered.error());

  auto loop = host::Loop::make();
  if (!loop) return fail(loop.error());
  auto signals = endSignals();
  auto ending = loop.value()->watch(signals.get(), EPOLLIN, [&](uint32_t) { loop.value()->stop(); });
  {
    Kernel kernel(*loop.value(), options.value());
    if (auto opened = kernel.open(); !opened) return fail(opened.error());
    sayReady(kernel.options);
    loop.value()->run();
  }
  return 0;
}
