#include "host/usb/usbip/import.h"

#include <algorithm>
#include <cstdio>

namespace multiport::host::usbip {

namespace {

constexpr auto kPatience = std::chrono::seconds(5);  // for the answer

std::string wordsFor(uint32_t status) {
  switch (static_cast<ImportStatus>(status)) {
    case ImportStatus::Busy:
      return "the server says that somebody else uses the device";
    case ImportStatus::DeviceError:
      return "the server says that the device does not work";
    case ImportStatus::NoDevice:
      return "the server has no such device";
    case ImportStatus::NotAvailable:
      return "the server does not export this device";
    case ImportStatus::Ok:
    case ImportStatus::Error:
      break;
  }
  return "the server refuses with status " + std::to_string(status);
}

// The version is 0x0111 for 1.1.1.
std::string otherVersion(uint16_t version) {
  char words[80];
  std::snprintf(words, sizeof words, "the server speaks USB/IP %u.%u.%u; only 1.1.1 is spoken here", version >> 8,
                version >> 4 & 15u, version & 15u);
  return words;
}

}  // namespace

Import::Import(Loop & loop, Stream & stream, const std::string & busId, std::function<void(Imported)> done)
    : stream_(stream), done_(std::move(done)) {
  std::array<uint8_t, kBusIdBytes> id{};
  std::ranges::copy(busId.substr(0, kBusIdBytes - 1), id.begin());
  stream_.send(operation(kRequestImport, 0));
  stream_.send(id);
  stream_.expect(reply_, [this] { takeReply(); });
  patience_ = loop.after(kPatience, [this] { stream_.close("the server does not answer"); });
}

void Import::takeReply() {
  if (be16(reply_, 2) != kReplyImport) return stream_.close("the server does not speak USB/IP");
  if (be16(reply_, 0) != kVersion) return stream_.close(otherVersion(be16(reply_, 0)));
  if (uint32_t status = be32(reply_, 4)) return stream_.close(wordsFor(status));
  stream_.expect(record_, [this] { takeRecord(); });
}

void Import::takeRecord() {
  auto speed = speedOf(be32(record_, 296));
  if (!speed) return stream_.close("the server names a speed that does not exist");
  patience_.reset();
  done_({*speed, be32(record_, 288) << 16 | be32(record_, 292)});
}

}  // namespace multiport::host::usbip
