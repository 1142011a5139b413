#include "host/kernel/kernel.h"

#include "host/kernel/control/requests.h"

namespace multiport::kernel {

Kernel::Kernel(host::Loop & loop, Options options)
    : loop(loop), options(std::move(options)), registry(*this), control(loop, tasks, log) {
  addRequests(*this);
}

Kernel::~Kernel() = default;

host::Result<> Kernel::open() { return control.open(options.state + "/control"); }

}  // namespace multiport::kernel
