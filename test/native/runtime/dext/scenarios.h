// scenarios.h — what a dext does when a test says so.
#pragma once

#include "TestDriver.h"

kern_return_t runScenario(TestDriver * driver, const char * name, OSObject * object, uint64_t argument,
                          uint64_t * value);

// What the scenario "at-stop" left for Stop to do before its super call.
kern_return_t runAtStop(TestDriver * driver);
