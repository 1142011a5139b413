// methods.h — the methods of IOService that the kernel implements.
#pragma once

#include <memory>
#include <string>

#include "host/kernel/services/service.h"

namespace multiport::kernel {

Task<Answer> serveServiceMethod(Kernel & kernel, std::shared_ptr<Service> service, Call call);

// The text in a fixed array of a message, which need not be terminated.
template <size_t N>
std::string fixedText(const char (&characters)[N]) {
  return std::string(characters, strnlen(characters, N));
}

}  // namespace multiport::kernel
