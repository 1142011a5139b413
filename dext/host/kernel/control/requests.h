// requests.h — what tools can ask of the host.
#pragma once

#include <string>

namespace multiport::kernel {

class Adapters;
class Control;
class Kernel;
class RealDevices;

// `netns`: where other programs find the interfaces. All references stay until the control socket is gone.
void addRequests(Control & control, Kernel & kernel, Adapters & adapters, RealDevices & devices, std::string netns);

}  // namespace multiport::kernel
