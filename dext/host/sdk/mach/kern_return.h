// kern_return.h — the result every DriverKit method has.
#pragma once

#include <DriverKit/IOReturn.h>
