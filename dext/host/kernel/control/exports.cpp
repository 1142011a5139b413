#include "host/kernel/control/exports.h"

#include <charconv>

namespace multiport::kernel {

namespace {

struct Listen {
  std::string address;
  uint16_t port;
};

host::Result<Listen> parseListen(const std::string & text) {
  auto colon = text.rfind(':');
  auto address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  uint16_t port = 0;
  auto * end = text.data() + text.size();
  auto parsed =
      colon == std::string::npos ? std::from_chars_result{} : std::from_chars(text.data() + colon + 1, end, port);
  if (address.empty() || colon == std::string::npos || parsed.ec != std::errc() || parsed.ptr != end)
    return host::Error{"\"" + text + "\" is no place to listen at; it is ADDRESS:PORT"};
  return Listen{address, port};
}

}  // namespace

Task<host::Result<ExportedAt>> Exports::add(unsigned device, std::shared_ptr<host::UsbDevice> adapter,
                                            std::string listen) {
  std::string address;
  auto server = serverAt(listen, address);
  if (!server) co_return server.error();
  ExportedAt at{address, server.value()->port(), "1-" + std::to_string(device)};
  Later<bool> read;
  auto offered =
      server.value()->offer(at.busId, std::move(adapter), [read](bool isReady) mutable { read.set(isReady); });
  if (!offered) co_return offered.error();
  exports_[device] = {server.value(), at, listen};
  if (co_await read) co_return at;
  co_return host::Error{"the adapter's own descriptors cannot be read"};
}

host::Result<std::shared_ptr<host::usbip::Server>> Exports::serverAt(const std::string & listen,
                                                                     std::string & address) {
  auto parsed = parseListen(listen);
  if (!parsed) return parsed.error();
  address = parsed->address;
  for (auto & [device, each] : exports_)
    if (each.listen == listen && parsed->port != 0) return each.server;
  auto server = host::usbip::Server::listen(loop_, parsed->address, parsed->port);
  if (!server) return server.error();
  return std::shared_ptr<host::usbip::Server>(std::move(server).value());
}

void Exports::remove(unsigned device) {
  auto found = exports_.find(device);
  if (found == exports_.end()) return;
  found->second.server->withdraw(found->second.at.busId);
  // Sessions end a turn after they were cut off, in a server that is still there.
  loop_.post([last = std::move(found->second.server)] {});
  exports_.erase(found);
}

const ExportedAt * Exports::find(unsigned device) const {
  auto found = exports_.find(device);
  return found == exports_.end() ? nullptr : &found->second.at;
}

}  // namespace multiport::kernel
