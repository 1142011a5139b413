// export_adapter.cpp — a simulated adapter offered over USB/IP, with a station on each cable, for Linux's own drivers
// to judge.
//
//   export-adapter [PORTS [high|super [TCP-PORT]]]
//
// Says where it is as one line of JSON on stdout, serves until stdin ends, then says what each port counted. The
// station of port N is 10.77.N.1 and fd77:N::1.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "host/net/station.h"
#include "host/usb/simulated/simulated_adapter.h"
#include "host/usb/usbip/server.h"
#include "support/run_until_input_ends.h"

using namespace multiport::host;

namespace {

int fail(const Error & error) {
  std::fprintf(stderr, "export-adapter: %s\n", error.words.c_str());
  return 1;
}

StationAddress addressOf(unsigned port) {
  auto n = static_cast<uint8_t>(port);
  return {.mac = {0x02, 0x77, 0, 0, 0, n},
          .ipv4 = {10, 77, n, 1},
          .ipv6 = {0xfd, 0x77, 0, n, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
}

void printCounters(simulated::SimulatedAdapter & adapter, const std::vector<std::unique_ptr<Station>> & stations) {
  std::printf("{\"ports\": [");
  for (unsigned number = 1; number <= adapter.ports(); number++) {
    auto & port = adapter.port(number).counters();
    auto & station = stations[number - 1]->counters();
    auto n = [](uint64_t value) { return static_cast<unsigned long long>(value); };
    std::printf("%s{\"framesIn\": %llu, \"framesOut\": %llu, \"blocksIn\": %llu, \"blocksOut\": %llu, ",
                number > 1 ? ", " : "", n(port.framesIn), n(port.framesOut), n(port.blocksIn), n(port.blocksOut));
    std::printf("\"badBlocks\": %llu, \"sequenceGaps\": %llu, \"noRoom\": %llu, ", n(port.outBadBlocks),
                n(port.outSequenceGaps), n(port.inNoRoom));
    std::printf("\"answers\": %llu, \"badChecksums\": %llu}", n(station.answers), n(station.badChecksum));
  }
  std::printf("]}\n");
}

}  // namespace

int main(int count, char ** arguments) {
  simulated::AdapterModel model;
  if (count > 1) model.ports = static_cast<unsigned>(std::atoi(arguments[1]));
  if (count > 2) model.speed = std::string(arguments[2]) == "high" ? UsbSpeed::High : UsbSpeed::Super;
  auto tcpPort = static_cast<uint16_t>(count > 3 ? std::atoi(arguments[3]) : 3240);

  auto loop = std::move(Loop::make()).value();
  auto made = simulated::SimulatedAdapter::make(*loop, "sim-1", model);
  if (!made) return fail(made.error());
  auto adapter = made.value();
  std::vector<std::unique_ptr<Station>> stations;
  for (unsigned port = 1; port <= model.ports; port++) {
    stations.push_back(std::make_unique<Station>(addressOf(port)));
    Jack::connect(*stations.back(), adapter->port(port));
  }
  auto server = usbip::Server::listen(*loop, "127.0.0.1", tcpPort);
  if (!server) return fail(server.error());
  if (auto offered = server.value()->offer("1-1", adapter); !offered) return fail(offered.error());
  std::printf("{\"ready\": true, \"port\": %u, \"busId\": \"1-1\"}\n", unsigned{server.value()->port()});
  std::fflush(stdout);
  if (auto ran = runUntilInputEnds(*loop); !ran) return fail(ran.error());
  printCounters(*adapter, stations);
  return 0;
}
