#include "host/usb/usbip/record.h"

#include <algorithm>
#include <string>

#include "host/usb/chapter9.h"

namespace multiport::host::usbip {

namespace {
constexpr uint32_t kBus = 1;
constexpr size_t kInterfaceDescriptor = 9;
}  // namespace

// Offsets in descriptors are those of USB 2.0, tables 9-8, 9-10 and 9-12.
Record recordOf(const Offer & offer) {
  Record record{};
  auto path = "/sys/devices/multiport/" + offer.busId;
  std::ranges::copy(path, record.begin());
  std::ranges::copy(offer.busId, record.begin() + 256);
  putBe32(record, 288, kBus);
  putBe32(record, 292, offer.number);
  putBe32(record, 296, numberOf(offer.device->speed()));
  auto & device = offer.deviceDescriptor;
  for (size_t i = 0; i < 3; i++)
    putBe16(record, 300 + 2 * i, static_cast<uint32_t>(device[8 + 2 * i] | device[9 + 2 * i] << 8));
  std::copy_n(device.begin() + 4, 3, record.begin() + 306);
  record[309] = offer.configuration[5];
  record[310] = device[17];
  record[311] = offer.configuration[4];
  return record;
}

void appendListEntry(const Offer & offer, std::vector<uint8_t> & list) {
  auto record = recordOf(offer);
  list.insert(list.end(), record.begin(), record.end());
  auto & bytes = offer.configuration;
  size_t promised = bytes[4], listed = 0;
  for (size_t at = 0; at + kInterfaceDescriptor <= bytes.size() && bytes[at] >= 2; at += bytes[at]) {
    bool isFirstSetting = bytes[at + 1] == usb::kInterface && bytes[at + 3] == 0;
    if (!isFirstSetting || listed == promised) continue;
    listed++;
    for (uint8_t value : {bytes[at + 5], bytes[at + 6], bytes[at + 7], uint8_t{0}}) list.push_back(value);
  }
  list.resize(list.size() + 4 * (promised - listed));  // as many as the record promised
}

}  // namespace multiport::host::usbip
