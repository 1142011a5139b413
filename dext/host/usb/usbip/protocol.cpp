#include "host/usb/usbip/protocol.h"

#include <algorithm>

namespace multiport::host::usbip {

namespace {
constexpr int32_t kEnoent = -2, kEnodev = -19, kEpipe = -32, kEproto = -71, kEconnreset = -104, kEshutdown = -108,
                  kEtimedout = -110, kEremoteio = -121;
}

std::array<uint8_t, kOperationBytes> operation(uint16_t code, uint32_t status) {
  std::array<uint8_t, kOperationBytes> bytes;
  putBe16(bytes, 0, kVersion);
  putBe16(bytes, 2, code);
  putBe32(bytes, 4, status);
  return bytes;
}

Header encode(const Submit & submit) {
  Header header{};
  putBe32(header, 0, kSubmit);
  putBe32(header, 4, submit.seqnum);
  putBe32(header, 8, submit.devid);
  putBe32(header, 12, submit.endpoint & usb::kIn ? 1 : 0);
  putBe32(header, 16, submit.endpoint & 0x0f);
  putBe32(header, 20, submit.flags);
  putBe32(header, 24, submit.length);
  putBe32(header, 32, submit.isochronousPackets);
  putBe32(header, 36, 8);  // Linux refuses interrupt transfers without an interval and then takes the endpoint's own
  auto & setup = submit.setup;
  header[40] = setup.requestType;
  header[41] = setup.request;
  size_t at = 42;
  for (uint16_t value : {setup.value, setup.index, setup.length}) {
    header[at++] = static_cast<uint8_t>(value);
    header[at++] = static_cast<uint8_t>(value >> 8);
  }
  return header;
}

Submit decodeSubmit(const Header & header) {
  auto little = [&](size_t offset) { return static_cast<uint16_t>(header[offset] | header[offset + 1] << 8); };
  auto direction = static_cast<uint8_t>(be32(header, 12) ? usb::kIn : 0);
  return {.seqnum = be32(header, 4),
          .devid = be32(header, 8),
          .endpoint = static_cast<uint8_t>((header[19] & 0x0f) | direction),
          .flags = be32(header, 20),
          .length = be32(header, 24),
          .isochronousPackets = be32(header, 32),
          .setup = {header[40], header[41], little(42), little(44), little(46)}};
}

Header encodeUnlink(uint32_t seqnum, uint32_t devid, uint32_t victim) {
  Header header{};
  putBe32(header, 0, kUnlink);
  putBe32(header, 4, seqnum);
  putBe32(header, 8, devid);
  putBe32(header, 20, victim);
  return header;
}

Header encodeReply(uint32_t command, uint32_t seqnum, int32_t status, uint32_t actual) {
  Header header{};
  putBe32(header, 0, command);
  putBe32(header, 4, seqnum);
  putBe32(header, 20, static_cast<uint32_t>(status));
  putBe32(header, 24, actual);
  return header;
}

int32_t errnoOf(TransferStatus status) {
  switch (status) {
    case TransferStatus::Ok:
      return 0;
    case TransferStatus::Stalled:
      return kEpipe;
    case TransferStatus::Cancelled:
      return kEconnreset;
    case TransferStatus::Gone:
      return kEshutdown;
    case TransferStatus::ProtocolError:
      return kEproto;
    case TransferStatus::Timeout:
      return kEtimedout;
  }
  return kEproto;
}

TransferStatus statusOf(int32_t number) {
  switch (number) {
    case 0:
    case kEremoteio:
      return TransferStatus::Ok;  // short, which is for our side to judge
    case kEpipe:
      return TransferStatus::Stalled;
    case kEnoent:
    case kEconnreset:
      return TransferStatus::Cancelled;
    case kEnodev:
    case kEshutdown:
      return TransferStatus::Gone;
    case kEtimedout:
      return TransferStatus::Timeout;
    default:
      return TransferStatus::ProtocolError;
  }
}

uint32_t numberOf(UsbSpeed speed) {
  switch (speed) {
    case UsbSpeed::Low:
      return 1;
    case UsbSpeed::Full:
      return 2;
    case UsbSpeed::High:
      return 3;
    case UsbSpeed::Super:
      return 5;
    case UsbSpeed::SuperPlus:
      return 6;
  }
  return 0;
}

std::optional<UsbSpeed> speedOf(uint32_t number) {
  for (auto speed : {UsbSpeed::Low, UsbSpeed::Full, UsbSpeed::High, UsbSpeed::Super, UsbSpeed::SuperPlus})
    if (numberOf(speed) == number) return speed;
  return std::nullopt;
}

std::string textOf(std::span<const uint8_t> field) { return {field.begin(), std::ranges::find(field, 0)}; }

}  // namespace multiport::host::usbip
