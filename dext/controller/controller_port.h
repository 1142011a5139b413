// controller_port.h — one port on the controller's side: completions, signals and calls of its nub in, submissions out.
#pragma once

#include <optional>

#include "controller/port_transfers.h"
#include "controller/status.h"
#include "controller/usb_session.h"
#include "core/client/port_record.h"
#include "core/link/notification.h"
#include "core/path/port_end.h"
#include "core/usb/function_setup.h"

class PortNub;

namespace multiport {

// Lives on the controller's queue.
class ControllerPort {
 public:
  // `record` outlives the port: what it says holds from `start` on, what is counted goes into it.
  ControllerPort(MultiportController * controller, UsbSession & session, uint32_t index, PortRecord & record);

  // Sets the function up, opens its pipes, makes memory and actions. On failure the caller still has to call `stop`.
  kern_return_t start();

  // Takes every transfer back. `done` runs once for each of the returned number, then `release` may be called.
  uint32_t stop(void (^done)(void));
  void release();

  // Completions; `number` is what the action carried.
  void onReceive(uint32_t number, IOReturn status, uint32_t bytes);
  void onTransmit(uint32_t number, IOReturn status, uint32_t bytes);
  void onNotification(IOReturn status, uint32_t bytes);

  // What the nub is asked (PortNub.iig tells what for). `attach` retains the action.
  void attach(OSAction * signalPort);
  void detach();
  void setEnable(bool enable);
  void setFilter(uint32_t filter, Bytes addresses);

  // Looks after rings and pipes; ends when nothing needs doing before the next completion or signal.
  void service();

  // The pipes that rested may try again.
  void wake();

  // Sets the function up again; the Ethernet instance stays, and its frames are dropped meanwhile. Begins at once, goes
  // on when the last transfer is back.
  void reset();

  // The machine goes to sleep: transfers are asked back, the link counts as down, and the device is left alone until
  // `resume`, which sets the function up again as a reset does, whatever has become of it.
  void suspend();
  void resume();
  // No transfer is with the device.
  bool isIdle() const;

  // What tools are told (controller_port_reports.cpp). `retap`: who captures has changed.
  PortReport report() const;
  PortCounts counts() const;
  void retap();

  // Says so, once, when the device has not said a word about the link yet.
  void remarkSilence();

  // Why `start` failed, in words; null: its result says it.
  const char * flaw() const { return flaw_; }

  bool isUsable() const { return end_.has_value(); }  // start succeeded
  uint32_t number() const { return descriptor_.number; }
  const char * label() const { return descriptor_.label; }
  const PortFacts & facts() const { return facts_; }
  IOMemoryDescriptor * portMemory() const { return transfers_.portMemory(); }
  IOMemoryDescriptor * receiveMemory() const { return transfers_.receiveMemory(); }
  const PortEnd & end() const { return *end_; }

  PortNub * nub = nullptr;  // retained by whoever set it

 private:
  bool isClaimed() const;
  FunctionSetup setUp();
  kern_return_t copyPipes();
  void layMemory(const Agreement & agreement);
  void arm();
  void send();
  void watchLink();
  void listen();
  void abortPipes();
  bool serviceRounds();
  void signalPort();
  void onLink(bool news);
  void announce(News kind, uint64_t a, uint64_t b = 0);
  void stampCapture();
  bool finishReset();
  bool setUpAgain();
  uint32_t flags() const;
  void applyFilter();

  // An opened endpoint, and how often in a row it gave nothing.
  struct Pipe {
    IOUSBHostPipe * pipe = nullptr;
    uint32_t fruitless = 0;
  };
  bool mayUse(Pipe & pipe, Completed completed, uint32_t bytes);
  bool rests(const Pipe & pipe) const { return pipe.fruitless >= kMaxFruitless; }

  static constexpr uint32_t kMaxFruitless = 32;  // failures or empty transfers in a row, then a pipe rests for a while
  static constexpr uint32_t kMaxRounds = 8;      // then the other ports have their turn

  MultiportController * controller_;
  UsbSession & session_;
  PortRecord & record_;
  uint32_t index_;
  CdcFunction function_;
  DevicePort descriptor_;
  Framing framing_;
  PortFacts facts_;
  PortTransfers transfers_;
  std::optional<PortEnd> end_;
  LinkTracker link_;
  Link logged_;              // down, as it begins
  bool awaitsWord_ = false;  // nothing has come from the notification endpoint
  Pipe in_, out_, notification_;
  OSAction * signalPort_ = nullptr;
  bool enabled_ = false;
  bool gone_ = false;
  bool resetting_ = false;      // nothing is submitted
  bool passesAll_ = false;      // the device does not know our address, so it must not filter by it
  bool refusesFilter_ = false;  // and that has been said
  const char * flaw_ = nullptr;
  bool suspended_ = false;  // nor asked of the device
  bool listening_ = false;  // the notification endpoint's transfer is in flight
  uint16_t filter_ = 0;
  std::array<uint8_t, 6 * 32> addresses_{};
  uint32_t addressBytes_ = 0;
};

}  // namespace multiport
