// requests.h — what tools can ask of the host.
#pragma once

namespace multiport::kernel {

class Kernel;

void addRequests(Kernel & kernel);

}  // namespace multiport::kernel
