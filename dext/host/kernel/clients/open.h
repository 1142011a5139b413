// open.h — IOServiceOpen: a service and a type in, a user client made by its driver out.
#pragma once

#include "host/kernel/clients/connection.h"

namespace multiport::kernel {

// xnu, IOUserServer::serviceNewUserClient and is_io_service_open_extended. kIOReturnUnsupported: the driver has none.
Task<Answer> openService(Kernel & kernel, std::shared_ptr<Connection> connection, Packet packet);

}  // namespace multiport::kernel
