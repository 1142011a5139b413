// tap_forwarder.cpp — the measure of the whole path: two TAPs, each in a namespace of its own, and one thread that
// reads a frame here and writes it there. No ring, no USB, no framing; nothing that forwards through a TAP can be
// simpler.
//
//   tap-forwarder          one line of JSON on stdout says where the ends are; it forwards until stdin ends
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <cstdio>
#include <cstring>

#include "host/base/fd.h"
#include "host/net/net_namespace.h"

using namespace multiport::host;

namespace {

constexpr size_t kLongestFrame = 65536;
constexpr int kFramesAtOnce = 64;  // before the other direction gets its turn

Result<> openTap(const char * name, Fd & tap) {
  tap = Fd(::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (!tap) return systemError("open /dev/net/tun");
  ifreq request{};
  std::strcpy(request.ifr_name, name);
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  if (::ioctl(tap.get(), TUNSETIFF, &request) != 0) return systemError(std::string("make the TAP interface ") + name);
  return {};
}

void forward(const Fd & from, const Fd & to) {
  static char frame[kLongestFrame];
  for (int i = 0; i < kFramesAtOnce; i++) {
    ssize_t length = ::read(from.get(), frame, sizeof frame);
    if (length <= 0) return;
    [[maybe_unused]] ssize_t dropped = ::write(to.get(), frame, static_cast<size_t>(length));
  }
}

int fail(const Error & error) {
  std::fprintf(stderr, "tap-forwarder: %s\n", error.words.c_str());
  return 1;
}

}  // namespace

int main() {
  if (auto entered = enterUserNamespace(); !entered) return fail(entered.error());
  auto left = NetNamespace::create(), right = NetNamespace::create();
  if (!left) return fail(left.error());
  if (!right) return fail(right.error());
  Fd taps[2];
  if (auto opened = left->enter([&] { return openTap("en0", taps[0]); }); !opened) return fail(opened.error());
  if (auto opened = right->enter([&] { return openTap("en0", taps[1]); }); !opened) return fail(opened.error());
  std::printf("{\"ready\": true, \"interface\": \"en0\", \"left\": \"%s\", \"right\": \"%s\"}\n", left->path().c_str(),
              right->path().c_str());
  std::fflush(stdout);
  pollfd ready[3] = {{taps[0].get(), POLLIN, 0}, {taps[1].get(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
  while (::poll(ready, 3, -1) >= 0) {
    if (ready[0].revents & POLLIN) forward(taps[0], taps[1]);
    if (ready[1].revents & POLLIN) forward(taps[1], taps[0]);
    char ignored[64];
    if (ready[2].revents && ::read(STDIN_FILENO, ignored, sizeof ignored) <= 0) return 0;
  }
  return 1;
}
