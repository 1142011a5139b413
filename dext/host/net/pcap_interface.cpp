#include "host/net/pcap_interface.h"

#include <sys/uio.h>
#include <time.h>

namespace multiport::host {

namespace {

// The pcap file format (draft-ietf-opsawg-pcap, section 4), in this machine's byte order.
struct FileHeader {
  uint32_t magic = 0xa1b23c4d;  // with nanoseconds
  uint16_t major = 2, minor = 4;
  uint32_t reserved[2] = {};
  uint32_t snapLength = 262144;
  uint32_t linkType = 1;  // LINKTYPE_ETHERNET
};
struct RecordHeader {
  uint32_t seconds, nanoseconds, captured, original;
};
static_assert(sizeof(FileHeader) == 24 && sizeof(RecordHeader) == 16);

}  // namespace

Result<std::unique_ptr<PcapInterface>> PcapInterface::create(std::unique_ptr<OsInterface> inner,
                                                             const std::string & file) {
  Fd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd) return systemError("make the capture file " + file);
  FileHeader header;
  if (::write(fd.get(), &header, sizeof header) != sizeof header) return systemError("write the capture file " + file);
  return std::unique_ptr<PcapInterface>(new PcapInterface(std::move(inner), std::move(fd)));
}

PcapInterface::PcapInterface(std::unique_ptr<OsInterface> inner, Fd file)
    : inner_(std::move(inner)), file_(std::move(file)) {
  wishes_ = inner_->wishes();
  inner_->onReadable = [this] {
    if (onReadable) onReadable();
  };
  inner_->onWishes = [this] {
    wishes_ = inner_->wishes();
    if (onWishes) onWishes();
  };
}

void PcapInterface::record(std::span<const uint8_t> frame) {
  if (!file_) return;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  auto length = static_cast<uint32_t>(frame.size());
  RecordHeader header{static_cast<uint32_t>(now.tv_sec), static_cast<uint32_t>(now.tv_nsec), length, length};
  iovec parts[2] = {{&header, sizeof header}, {const_cast<uint8_t *>(frame.data()), frame.size()}};
  ssize_t written = ::writev(file_.get(), parts, 2);
  if (written != static_cast<ssize_t>(sizeof header + frame.size())) file_.reset();
}

size_t PcapInterface::read(std::span<uint8_t> room) {
  size_t length = inner_->read(room);
  if (length > 0) record(room.first(length));
  counters_ = inner_->counters();
  return length;
}

bool PcapInterface::write(std::span<const uint8_t> frame) {
  record(frame);
  bool taken = inner_->write(frame);
  counters_ = inner_->counters();
  return taken;
}

}  // namespace multiport::host
