// availability.h — Apple's availability macros, which mark nothing here.
#pragma once

#include <Availability.h>
