// external_method.h — IOConnectCallMethod: selector, scalars and structures in; the driver's ExternalMethod; its out.
#pragma once

#include "host/kernel/clients/connection.h"

namespace multiport::kernel {

// xnu, IOUserUserClient::externalMethod.
Task<Answer> callMethod(Kernel & kernel, std::shared_ptr<Connection> connection, Packet packet);

}  // namespace multiport::kernel
