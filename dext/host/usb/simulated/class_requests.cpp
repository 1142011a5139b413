// class_requests.cpp — the class requests of one port's function.
#include <algorithm>

#include "core/bytes.h"
#include "host/usb/chapter9.h"
#include "host/usb/simulated/simulated_port.h"
#include "host/usb/simulated/wire.h"

// NCM 1.0, 6.2; ECM 1.2, 6.2.  Every request goes to the control interface: wIndex.
//   request                          wValue            data
//   0x40 SET_ETHERNET_MULTICAST_…    n                 n addresses
//   0x43 SET_ETHERNET_PACKET_FILTER  bits              -
//   0x44 GET_ETHERNET_STATISTIC      selector          u32
//   the rest is for NCM alone:
//   0x80 GET_NTB_PARAMETERS          0                 28 bytes
//   0x81/82 GET/SET_NET_ADDRESS      0                 6 bytes
//   0x83/84 GET/SET_NTB_FORMAT       0, 1 when set     u16 when got; set in alternate setting 0 only
//   0x85/86 GET/SET_NTB_INPUT_SIZE   0                 u32, or u32 and u16 datagrams and u16 reserved
//   0x87/88 GET/SET_MAX_DATAGRAM_…   0                 u16
//   0x89/8a GET/SET_CRC_MODE         0, 1 when set     u16 when got; set in alternate setting 0 only

namespace multiport::host::simulated {

namespace {

constexpr uint32_t kSmallestInput = 2048;
constexpr uint16_t kSmallestDatagram = 60;

std::vector<uint8_t> ntbParameters(const AdapterModel & model) {
  ByteWriter out;
  out.u16(28).u16(model.allowsNtb32 ? 3 : 1);
  out.u32(model.ntbInMax).u16(model.divisor).u16(model.payloadRemainder).u16(model.ndpAlignment).u16(0);
  out.u32(model.ntbOutMax).u16(model.divisor).u16(model.payloadRemainder).u16(model.ndpAlignment);
  out.u16(model.ntbOutDatagrams);
  return out.take();
}

std::vector<uint8_t> damagedParameters(const AdapterModel & model, unsigned port) {
  auto answer = ntbParameters(model);
  auto fill = [&](size_t from, size_t count, uint8_t value) { std::fill_n(answer.begin() + from, count, value); };
  if (model.has(AnswerFault::ShortParameters, port)) answer.resize(8);
  if (model.has(AnswerFault::Nonsense, port)) fill(0, answer.size(), 0xff);
  if (model.has(AnswerFault::ZeroSizes, port)) fill(4, 4, 0), fill(16, 4, 0);
  if (model.has(AnswerFault::HugeSizes, port)) fill(4, 4, 0xff), fill(16, 4, 0xff);
  if (model.has(AnswerFault::NoDivisors, port)) fill(8, 6, 0), fill(20, 6, 0);
  return answer;
}

std::vector<uint8_t> number16(uint32_t value) { return ByteWriter().u16(value).take(); }

}  // namespace

std::optional<size_t> SimulatedPort::request(const SetupPacket & setup, std::span<uint8_t> data) {
  if (settings_.kind == FunctionKind::Ecm && setup.request >= 0x80) return std::nullopt;
  if (setup.isIn()) return answer(setup, data);
  if (accept(setup, data)) return data.size();
  return std::nullopt;
}

std::optional<size_t> SimulatedPort::answer(const SetupPacket & setup, std::span<uint8_t> data) {
  std::vector<uint8_t> reply;
  switch (setup.request) {
    case 0x44: {
      auto count = statistic(setup.value);
      if (!count) return std::nullopt;
      reply = ByteWriter().u32(static_cast<uint32_t>(*count)).take();
      break;
    }
    case 0x80:
      if (model_.has(AnswerFault::NoParameters, number_)) return std::nullopt;
      reply = damagedParameters(model_, number_);
      break;
    case 0x81:
      reply.assign(settings_.mac.begin(), settings_.mac.end());
      break;
    case 0x83:
      reply = number16(settings_.is32);
      break;
    case 0x85:
      reply = ByteWriter().u32(settings_.ntbInSize).u16(settings_.ntbInDatagrams).u16(0).take();
      if (setup.length < 8) reply.resize(4);
      break;
    case 0x87:
      reply = number16(settings_.maxDatagram);
      break;
    case 0x89:
      reply = number16(settings_.hasCrc);
      break;
    default:
      return std::nullopt;
  }
  size_t length = std::min(reply.size(), data.size());
  std::copy_n(reply.begin(), length, data.begin());
  return length;
}

bool SimulatedPort::accept(const SetupPacket & setup, std::span<const uint8_t> data) {
  Bytes bytes(data.data(), data.size());
  bool isFilter = setup.request == 0x40 || setup.request == 0x43;
  if (isFilter && model_.has(AnswerFault::NoFilters, number_)) return false;
  if (setup.request == 0x82 && model_.has(AnswerFault::NoAddress, number_)) return false;
  switch (setup.request) {
    case 0x40:
      return setMulticast(setup.value, data);
    case 0x43:
      settings_.filter = setup.value & 0x1f;
      return data.empty();
    case 0x82:
      if (data.size() != settings_.mac.size() || data[0] & 1) return false;
      std::ranges::copy(data, settings_.mac.begin());
      return true;
    case 0x84:
      if (alternate_ != 0 || setup.value > (model_.allowsNtb32 ? 1 : 0) || !data.empty()) return false;
      settings_.is32 = setup.value == 1;
      return true;
    case 0x86:
      return setInputSize(data);
    case 0x88: {
      auto size = bytes.le16(0);
      if (!size || data.size() != 2 || *size < kSmallestDatagram || *size > model_.segmentSize) return false;
      settings_.maxDatagram = *size;
      return true;
    }
    case 0x8a:
      if (alternate_ != 0 || setup.value > 1 || !data.empty()) return false;
      settings_.hasCrc = setup.value == 1;
      return true;
    default:
      return false;
  }
}

bool SimulatedPort::setInputSize(std::span<const uint8_t> data) {
  Bytes bytes(data.data(), data.size());
  if (data.size() != 4 && data.size() != 8) return false;
  uint32_t size = *bytes.le32(0);
  if (size < kSmallestInput || size > model_.ntbInMax) return false;
  settings_.ntbInSize = size;
  settings_.ntbInDatagrams = data.size() == 8 ? *bytes.le16(4) : 0;
  return true;
}

bool SimulatedPort::setMulticast(uint16_t count, std::span<const uint8_t> data) {
  if (count > (model_.multicastFilters & 0x7fff) || data.size() != count * sizeof(MacAddress)) return false;
  settings_.multicast.resize(count);
  for (size_t i = 0; i < count; i++)
    std::ranges::copy(data.subspan(i * sizeof(MacAddress), sizeof(MacAddress)), settings_.multicast[i].begin());
  return true;
}

// Selectors of ECM 1.2, table 9; bmEthernetStatistics promises exactly these.
std::optional<uint64_t> SimulatedPort::statistic(uint16_t selector) const {
  auto & count = counters_;
  switch (selector) {
    case 0x01:
      return count.framesOut - count.outNoLight - count.outNoRoom;
    case 0x02:
      return count.framesIn;
    case 0x03:
      return count.outNoLight + count.outNoRoom + count.outBadBlocks;
    case 0x04:
      return count.inWrongSize;
    case 0x05:
      return count.inNoRoom;
    case 0x19:
      return count.inStopped + count.inCancelled;
    default:
      return std::nullopt;
  }
}

}  // namespace multiport::host::simulated
