// controller_port_link.cpp — packets of the notification endpoint in, the link's news out: to the port, the log and
// tools.
#include <os/log.h>

#include <utility>

#include "controller/controller_port.h"
#include "MultiportController.h"

namespace multiport {

namespace {

void logLink(uint32_t number, const Link & link) {
  if (!link.up) return os_log(OS_LOG_DEFAULT, "multiport: port %u: link down", number);
  if (link.megabits() == 0) return os_log(OS_LOG_DEFAULT, "multiport: port %u: link up, speed unknown", number);
  os_log(OS_LOG_DEFAULT, "multiport: port %u: link up, %llu Mbit/s", number,
         static_cast<unsigned long long>(link.megabits()));
}

}  // namespace

void ControllerPort::watchLink() {
  if (notification_.pipe && !session_.facts().quirks.linkIsAlwaysUp)
    awaitsWord_ = true, listen();
  else
    onLink(link_.assumeUp());
}

void ControllerPort::listen() {
  while (!gone_ && !resetting_ && !listening_ && !rests(notification_)) {
    kern_return_t result = transfers_.notify(notification_.pipe, function_.notification.maxPacketBytes);
    listening_ = result == kIOReturnSuccess;
    if (listening_ || !mayUse(notification_, classify(result), 0)) return;
  }
}

void ControllerPort::onNotification(IOReturn status, uint32_t bytes) {
  Completed completed = classify(status);
  listening_ = false;
  if (completed == Completed::Data && bytes > 0) awaitsWord_ = false;
  if (completed == Completed::Data && !suspended_) onLink(link_.see(transfers_.notification(bytes)));
  if (mayUse(notification_, completed, bytes)) resetting_ ? service() : listen();
}

void ControllerPort::onLink(bool news) {
  if (!news) return;
  const Link & link = link_.link();
  if (link.up || logged_.up) logLink(number(), link);  // a speed without a link is no news to people
  logged_ = link;
  if (end_->setLink(link)) signalPort();
  announce(News::Link, link.up, link.bitsPerSecond);
}

void ControllerPort::remarkSilence() {
  if (std::exchange(awaitsWord_, false) && !gone_)
    os_log(OS_LOG_DEFAULT, "multiport: port %u: the device has not said whether its link is up", number());
}

}  // namespace multiport
