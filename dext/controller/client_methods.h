// client_methods.h — what a tool calls, by selector (core/client/protocol.h): counts and sizes checked by the table,
// indices and contents by the methods.
#pragma once

#include <DriverKit/IOUserClient.h>

namespace multiport {

// The method of a selector, for IOUserClient::ExternalMethod with the MultiportUserClient as its target; null when
// there is none.
const IOUserClientMethodDispatch * clientMethod(uint64_t selector);

}  // namespace multiport
