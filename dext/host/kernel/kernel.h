// kernel.h — the parts of the kernel side and their order of life.
#pragma once

#include <functional>
#include <memory>

#include "host/base/loop.h"
#include "host/kernel/catalogue/catalogue.h"
#include "host/kernel/clients/clients.h"
#include "host/kernel/log.h"
#include "host/kernel/network/names.h"
#include "host/kernel/options.h"
#include "host/kernel/registry/registry.h"
#include "host/kernel/servers/servers.h"
#include "host/kernel/services/matching.h"
#include "host/kernel/services/news.h"
#include "host/kernel/services/power.h"
#include "host/kernel/services/termination.h"
#include "host/kernel/task.h"
#include "host/kernel/usb/family.h"
#include "host/net/os_interface.h"

namespace multiport::kernel {

using MakeInterface = std::function<host::Result<std::unique_ptr<host::OsInterface>>(const std::string & name)>;

// Lives on the loop, and ends before it.
class Kernel {
 public:
  Kernel(host::Loop & loop, Options options, std::unique_ptr<Launcher> launcher, MakeInterface makeInterface);
  ~Kernel();

  // Reads a bundle, and lets what is there already be matched with it. Gives its identifier.
  host::Result<std::string> activate(const std::string & path);

  // Whether nothing is being read, matched, started or terminated, and no process is on its way out.
  bool isQuiet() const;

  // --- in the order of their ends, last first -------------------------------------------------------------------
  host::Loop & loop;
  const Options options;
  const MakeInterface makeInterface;
  Log log;
  Changed changed;  // fires when something that others wait for may have come
  ServiceNews news;
  InterfaceNames names;
  Registry registry;
  Catalogue catalogue;
  Matching matching;
  Terminator terminator;
  Power power;
  UsbFamily usb;
  Servers servers;
  Clients clients;
  Tasks tasks;
};

}  // namespace multiport::kernel
