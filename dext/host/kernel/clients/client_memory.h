// client_memory.h — IOConnectMapMemory64: a type in, the driver's memory as a descriptor that the tool can map out.
#pragma once

#include "host/kernel/clients/connection.h"

namespace multiport::kernel {

// xnu, IOUserUserClient::clientMemoryForType. The descriptor of memory with kIOUserClientMemoryReadOnly cannot be
// mapped for writing.
Task<Answer> copyClientMemory(std::shared_ptr<Connection> connection, Packet packet);

}  // namespace multiport::kernel
