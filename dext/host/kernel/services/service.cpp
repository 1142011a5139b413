#include "host/kernel/services/service.h"

namespace multiport::kernel {

Service::Service(Kernel & kernel, uint64_t id, std::string kernelClass, const std::string & userClass)
    : Entry(id, userClass.empty() ? kernelClass : userClass), kernel_(kernel), kernelClass_(std::move(kernelClass)) {}

bool Service::isA(std::string_view kernelClass) const { return kernelClass == kernelClass_; }

Server * Service::owner() const { return nullptr; }

Task<Answer> Service::call(Call) { co_return kIOReturnUnsupported; }

std::optional<int32_t> Service::familyScore(const Dictionary &) const { return 0; }

void Service::forceClose(Service &) {}

}  // namespace multiport::kernel
