// classes.h — the kernel's classes: who is whose superclass, and objects made by name.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "host/kernel/services/service.h"

namespace multiport::kernel {

// "" for a class without one here.
std::string_view kernelSuperclass(std::string_view kernelClass);

// What OSMetaClass::allocClassWithName gives for a personality's IOClass; nullptr: the kernel has no such class for
// dexts.
std::shared_ptr<Service> makeService(Kernel & kernel, const std::string & kernelClass, const std::string & userClass);

}  // namespace multiport::kernel
