#include "host/usb/libusb/claims.h"

#include <memory>
#include <string>
#include <utility>

#include "host/usb/libusb/errors.h"

namespace multiport::host::libusb {

Result<> Claims::take() {
  libusb_config_descriptor * found = nullptr;
  int status = ::libusb_get_active_config_descriptor(::libusb_get_device(handle_), &found);
  if (status == LIBUSB_ERROR_NOT_FOUND) return {};  // not configured yet
  if (status != 0) return failed("read the configuration of " + place_.name, status);
  std::unique_ptr<libusb_config_descriptor, decltype(&::libusb_free_config_descriptor)> configuration(
      found, &::libusb_free_config_descriptor);
  isInterrupt_.clear();
  for (uint8_t i = 0; i < configuration->bNumInterfaces; i++) {
    auto & interface = configuration->interface[i];
    noteEndpoints(interface);
    if (auto taken = takeOne(interface.altsetting[0].bInterfaceNumber); !taken) return taken;
  }
  return {};
}

void Claims::noteEndpoints(const libusb_interface & interface) {
  for (int alternate = 0; alternate < interface.num_altsetting; alternate++) {
    auto & setting = interface.altsetting[alternate];
    for (uint8_t i = 0; i < setting.bNumEndpoints; i++) {
      auto & endpoint = setting.endpoint[i];
      auto type = endpoint.bmAttributes & LIBUSB_TRANSFER_TYPE_MASK;
      isInterrupt_[endpoint.bEndpointAddress] = type == LIBUSB_TRANSFER_TYPE_INTERRUPT;
    }
  }
}

Result<> Claims::takeOne(uint8_t number) {
  if (hadDriver_.contains(number)) return {};
  bool hadDriver = ::libusb_detach_kernel_driver(handle_, number) == 0;
  int status = ::libusb_claim_interface(handle_, number);
  if (status == 0) {
    hadDriver_[number] = hadDriver;
    return {};
  }
  if (hadDriver) ::libusb_attach_kernel_driver(handle_, number);
  if (status != LIBUSB_ERROR_BUSY)
    return failed("take interface " + std::to_string(number) + " of " + place_.name, status);
  return Error{place_.name + " is busy: another program uses its interface " + std::to_string(number) +
               "; end that program (fuser " + place_.node + " names it)"};
}

// All are free before the first driver comes: one for a control interface takes the data interface as well.
void Claims::giveBack() {
  for (auto & [number, hadDriver] : hadDriver_) ::libusb_release_interface(handle_, number);
  for (auto & [number, hadDriver] : hadDriver_)
    if (hadDriver) ::libusb_attach_kernel_driver(handle_, number);
  hadDriver_.clear();
}

// The kernel refuses while an interface is claimed, and its drivers come to the interfaces of the new configuration.
int Claims::configure(uint16_t value) {
  int active = 0;
  int status = ::libusb_get_configuration(handle_, &active);
  if (status != 0) return status;
  if (active == value) {
    for (auto & [number, hadDriver] : hadDriver_) {
      status = ::libusb_set_interface_alt_setting(handle_, number, 0);
      if (status != 0) return status;
    }
    return 0;
  }
  for (auto & [number, hadDriver] : std::exchange(hadDriver_, {})) ::libusb_release_interface(handle_, number);
  status = ::libusb_set_configuration(handle_, value == 0 ? -1 : value);
  if (status == 0 && !take()) status = LIBUSB_ERROR_BUSY;
  return status;
}

}  // namespace multiport::host::libusb
