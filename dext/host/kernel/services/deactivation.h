// deactivation.h — a bundle in; its services terminated, its processes gone, its personalities taken out.
#pragma once

#include <string>

#include "host/kernel/task.h"

namespace multiport::kernel {

class Kernel;

// Ends when nothing of the bundle is left. A dext cannot refuse; one whose Stop never comes to super Stop holds it up
// for ever (xnu, OSKext::removeDext, IOCatalogue::terminateDriversForModule).
Task<> deactivate(Kernel & kernel, std::string identifier);

}  // namespace multiport::kernel
