// death.h — a dead process in; its services terminated, to be started again, and their providers told.
#pragma once

namespace multiport::kernel {

class Kernel;
class Server;

void processDied(Kernel & kernel, Server & server);

}  // namespace multiport::kernel
