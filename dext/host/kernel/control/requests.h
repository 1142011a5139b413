// requests.h — what tools can ask of the host.
#pragma once

#include <string>

namespace multiport::kernel {

class Adapters;
class Control;
class Kernel;

// `netns`: where other programs find the interfaces. All references stay until the control socket is gone.
void addRequests(Control & control, Kernel & kernel, Adapters & adapters, std::string netns);

}  // namespace multiport::kernel
