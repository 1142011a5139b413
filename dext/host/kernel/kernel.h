// kernel.h — the parts of the kernel side and their order of life.
#pragma once

#include "host/base/loop.h"
#include "host/kernel/control/control.h"
#include "host/kernel/log.h"
#include "host/kernel/options.h"
#include "host/kernel/registry/registry.h"
#include "host/kernel/task.h"

namespace multiport::kernel {

// Lives on the loop, and ends before it.
class Kernel {
 public:
  Kernel(host::Loop & loop, Options options);
  ~Kernel();

  // Opens the control socket in the state folder.
  host::Result<> open();

  host::Loop & loop;
  const Options options;
  Log log;
  Tasks tasks;
  Registry registry;
  Control control;
};

}  // namespace multiport::kernel
