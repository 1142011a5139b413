// power.h — services in the power plane: what they are told, and whether they have acknowledged it.
#pragma once

#include "host/kernel/services/service.h"

namespace multiport::kernel {

// Matched services join after their Start; created ones when they ask to. Tells the service that it is on.
void joinPowerTree(Kernel & kernel, Service & service);

// A change the service itself asked for.
Answer changePowerState(Kernel & kernel, Service & service, const Call & call);

// Its super SetPowerState has been reached.
void powerAcknowledged(Kernel & kernel, Service & service);

}  // namespace multiport::kernel
