// lookup.h — what a tool asks of the registry in; entries as bytes out (client_message.h).
#pragma once

#include "host/kernel/clients/connection.h"

namespace multiport::kernel {

// Whether a tool's matching dictionary fits a service: IOProviderClass, IONameMatch, IORegistryEntryID and properties;
// the family is asked when there are other keys (xnu, IOService::matchInternal).
bool fitsMatching(const Kernel & kernel, const Service & service, const Dictionary & matching);

// One entry.
std::vector<uint8_t> describeEntry(const Service & service);

// kClientMatch to kClientParent.
Answer serveLookup(Kernel & kernel, const Packet & packet);

// kClientObserve: the entries there are already.
Answer startObserving(Kernel & kernel, Connection & connection, const Packet & packet);

}  // namespace multiport::kernel
