// IOUserServer.h — the process of a dext as the kernel sees it. Xcode's templates include it; nothing in it is for
// dexts.
#pragma once

#include <DriverKit/IOService.h>
