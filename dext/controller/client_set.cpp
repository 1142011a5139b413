#include "controller/client_set.h"

#include <DriverKit/IOLib.h>
#include <time.h>

#include <algorithm>

#include "MultiportController.h"

namespace multiport {

uint64_t ClientSet::now() { return clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW); }

kern_return_t ClientSet::add(Client * client) {
  if (stopping_) return kIOReturnNoDevice;
  auto place = std::find(clients_.begin(), clients_.end(), nullptr);
  if (place == clients_.end()) return kIOReturnNoResources;
  kern_return_t result = begin();
  if (result != kIOReturnSuccess) return result;
  *place = client;
  if (count_++ > 0) return kIOReturnSuccess;
  watch(true);
  onTimer();
  return kIOReturnSuccess;
}

void ClientSet::remove(Client * client) {
  auto place = std::find(clients_.begin(), clients_.end(), client);
  if (place == clients_.end()) return;
  *place = nullptr;
  count_--;
  retap();
  if (count_ == 0) watch(false);
}

// What the first client needs, and those after it share.
kern_return_t ClientSet::begin() {
  kern_return_t result = timer_ ? kIOReturnSuccess : makeTimer();
  if (result != kIOReturnSuccess || page_) return result;
  uint64_t bytes = counterPageBytes(ports_.count());
  OSSafeReleaseNULL(counterMemory_);
  result = IOBufferMemoryDescriptor::Create(kIOMemoryDirectionInOut, bytes, 4096, &counterMemory_);
  IOAddressSegment range{};
  if (result == kIOReturnSuccess) result = counterMemory_->GetAddressRange(&range);
  if (result == kIOReturnSuccess) page_.emplace(reinterpret_cast<uint8_t *>(range.address), ports_.count());
  return result;
}

kern_return_t ClientSet::makeTimer() {
  kern_return_t result = onTimer_ ? kIOReturnSuccess : controller_->CreateActionOnClientTimer(0, &onTimer_);
  if (result == kIOReturnSuccess) result = IOTimerDispatchSource::Create(queue_, &timer_);
  return result == kIOReturnSuccess ? timer_->SetHandler(onTimer_) : result;
}

uint32_t ClientSet::stop(void (^done)(void)) {
  stopping_ = true;
  for (Client *& client : clients_) {
    if (client) client->close();
    client = nullptr;
  }
  count_ = 0;
  retap();
  watch(false);
  return timer_ && timer_->Cancel(done) == kIOReturnSuccess ? 1 : 0;
}

void ClientSet::release() {
  page_.reset();
  OSSafeReleaseNULL(counterMemory_);
  OSSafeReleaseNULL(onTimer_);
  OSSafeReleaseNULL(timer_);
}

const DeviceReport & ClientSet::device() {
  if (!device_) device_ = session_.report();  // asks the device for its texts
  device_->ports = static_cast<uint16_t>(ports_.count());
  device_->flags = ports_.isDeviceAllowed() ? 0 : kDeviceDenied;
  return *device_;
}

void ClientSet::announce(News kind, uint64_t index, uint64_t a, uint64_t b) {
  for (Client * client : clients_)
    if (client) client->tell(kind, index, a, b);
}

void ClientSet::watch(bool watched) {
  for (uint32_t i = 0; i < ports_.count(); i++) ports_.record(i).watched = watched;
}

void ClientSet::retap() {
  for (uint32_t i = 0; i < ports_.count(); i++) {
    CaptureTap & tap = ports_.record(i).tap;
    tap.clear();
    for (Client * client : clients_)
      if (CaptureRing * ring = client ? client->ringOf(i) : nullptr) tap.add(ring);
    if (ControllerPort * port = ports_.at(i)) port->retap();
  }
}

void ClientSet::onServed(uint32_t index) {
  for (Client * client : clients_)
    if (client) client->flush();
  uint64_t nanoseconds = now();
  if (nanoseconds - published_[index] >= kBusyPeriod) publish(index, nanoseconds);
}

void ClientSet::onTimer() {
  if (stopping_ || count_ == 0) return;
  uint64_t nanoseconds = now();
  for (uint32_t i = 0; i < ports_.count(); i++) publish(i, nanoseconds);
  timer_->WakeAtTime(kIOTimerClockMonotonicRaw, nanoseconds + kPeriod, kPeriod / 10);
}

void ClientSet::publish(uint32_t index, uint64_t nanoseconds) {
  PortCounts counts = ports_.counts(index);
  counts.nanoseconds = nanoseconds;
  page_->publish(index, ports_.number(index), counts);
  published_[index] = nanoseconds;
}

}  // namespace multiport
