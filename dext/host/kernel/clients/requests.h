// requests.h — one request of a tool in, its answer out.
#pragma once

#include "host/kernel/clients/connection.h"

namespace multiport::kernel {

Task<Answer> serveRequest(Kernel & kernel, std::shared_ptr<Connection> connection, Packet packet);

}  // namespace multiport::kernel
