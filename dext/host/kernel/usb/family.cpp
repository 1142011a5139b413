#include "host/kernel/usb/family.h"

#include <algorithm>

#include "host/kernel/kernel.h"

namespace multiport::kernel {

namespace {

bool isDriven(const Service & device) {
  return std::any_of(device.children().begin(), device.children().end(),
                     [](auto & child) { return !static_cast<const Service &>(*child).state().inactive; });
}

}  // namespace

void UsbFamily::attached(std::shared_ptr<host::UsbDevice> device) {
  if (isSuspended_) return arrived_.push_back(std::move(device));
  kernel_.tasks.start(enumerate(std::move(device)));
}

void UsbFamily::suspend() {
  isSuspended_ = true;
  for (auto & [device, service] : devices_) service->suspend();
}

void UsbFamily::resume(bool lost) {
  isSuspended_ = false;
  std::vector<std::shared_ptr<UsbDeviceService>> services;
  for (auto & [device, service] : devices_) services.push_back(service);
  for (auto & service : services) service->device().isGone() ? gone(service) : service->device().resume(lost);
  for (auto & device : std::exchange(arrived_, {}))
    if (!device->isGone()) attached(device);
}

Task<> UsbFamily::enumerate(std::shared_ptr<host::UsbDevice> device) {
  enumerating_++;
  auto descriptors = co_await readDescriptors(device);
  if (!descriptors)
    kernel_.log.write("kernel", "USB device at " + device->location() + ": no device descriptor; left alone");
  else if (!device->isGone())
    publish(device, std::move(*descriptors));
  if (auto service = find(*device)) {
    while (service->state().isMatching && !service->state().inactive) co_await kernel_.changed.next();
    if (!service->state().inactive && !isDriven(*service)) co_await service->configureAsComposite();
  }
  enumerating_--;
  kernel_.changed.fire();
}

void UsbFamily::publish(const std::shared_ptr<host::UsbDevice> & device, DescriptorSet descriptors) {
  auto service = std::make_shared<UsbDeviceService>(kernel_, kernel_.registry.newId(), device, std::move(descriptors));
  devices_[device.get()] = service;
  service->attach(kernel_.registry.root());
  kernel_.log.write("kernel", service->name() + " at " + device->location() + ", " + describe(device->speed()));
  kernel_.matching.registerService(*service);
}

void UsbFamily::detached(host::UsbDevice & device) {
  auto service = find(device);
  if (service && !isSuspended_) gone(service);
}

void UsbFamily::gone(const std::shared_ptr<UsbDeviceService> & service) {
  auto & device = service->device();
  devices_.erase(&device);
  auto why = device.whyGone();
  kernel_.log.write(
      "kernel", service->name() + " at " + device.location() + (why.empty() ? " was pulled out" : " is gone: " + why));
  kernel_.terminator.terminate(*service, {});
}

std::shared_ptr<UsbDeviceService> UsbFamily::find(const host::UsbDevice & device) const {
  auto known = devices_.find(&device);
  return known == devices_.end() ? nullptr : known->second;
}

}  // namespace multiport::kernel
