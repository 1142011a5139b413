// returns.h — IOReturn codes, and their names for people.
#pragma once

#include <DriverKit/IOReturn.h>

#include <string>

namespace multiport::kernel {

// "kIOReturnNotOpen (0xe00002cd)"; only the number for a code without a name here.
std::string describeReturn(IOReturn code);

}  // namespace multiport::kernel
