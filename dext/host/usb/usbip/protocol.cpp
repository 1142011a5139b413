#include "host/usb/usbip/protocol.h"

#include <algorithm>

namespace multiport::host::usbip {

namespace {
constexpr int32_t kEnoent = -2, kEnodev = -19, kEpipe = -32, kEproto = -71, kEconnreset = -104, kEshutdown = -108,
                  kEtimedout = -110, kEremoteio = -121;
}

uint16_t get16(std::span<const uint8_t> bytes, size_t offset) {
  auto field = bytes.subspan(offset, 2);
  return static_cast<uint16_t>(field[0] << 8 | field[1]);
}

uint32_t get32(std::span<const uint8_t> bytes, size_t offset) {
  return uint32_t{get16(bytes, offset)} << 16 | get16(bytes, offset + 2);
}

void put16(std::span<uint8_t> bytes, size_t offset, uint32_t value) {
  auto field = bytes.subspan(offset, 2);
  field[0] = static_cast<uint8_t>(value >> 8);
  field[1] = static_cast<uint8_t>(value);
}

void put32(std::span<uint8_t> bytes, size_t offset, uint32_t value) {
  put16(bytes, offset, value >> 16);
  put16(bytes, offset + 2, value);
}

std::array<uint8_t, kOperationBytes> operation(uint16_t code, uint32_t status) {
  std::array<uint8_t, kOperationBytes> bytes;
  put16(bytes, 0, kVersion);
  put16(bytes, 2, code);
  put32(bytes, 4, status);
  return bytes;
}

Header encode(const Submit & submit) {
  Header header{};
  put32(header, 0, kSubmit);
  put32(header, 4, submit.seqnum);
  put32(header, 8, submit.devid);
  put32(header, 12, submit.endpoint & 0x80 ? 1 : 0);
  put32(header, 16, submit.endpoint & 0x0f);
  put32(header, 20, submit.flags);
  put32(header, 24, submit.length);
  put32(header, 32, submit.isochronousPackets);
  put32(header, 36, 8);  // Linux refuses interrupt transfers without an interval and then takes the endpoint's own
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
  auto direction = static_cast<uint8_t>(get32(header, 12) ? 0x80 : 0);
  return {.seqnum = get32(header, 4),
          .devid = get32(header, 8),
          .endpoint = static_cast<uint8_t>((header[19] & 0x0f) | direction),
          .flags = get32(header, 20),
          .length = get32(header, 24),
          .isochronousPackets = get32(header, 32),
          .setup = {header[40], header[41], little(42), little(44), little(46)}};
}

Header encodeUnlink(uint32_t seqnum, uint32_t devid, uint32_t victim) {
  Header header{};
  put32(header, 0, kUnlink);
  put32(header, 4, seqnum);
  put32(header, 8, devid);
  put32(header, 20, victim);
  return header;
}

Header encodeReply(uint32_t command, uint32_t seqnum, int32_t status, uint32_t actual) {
  Header header{};
  put32(header, 0, command);
  put32(header, 4, seqnum);
  put32(header, 20, static_cast<uint32_t>(status));
  put32(header, 24, actual);
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
