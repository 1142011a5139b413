#include "host/base/result.h"

#include <cerrno>
#include <system_error>

namespace multiport::host {

Error systemError(std::string tried) { return systemError(std::move(tried), errno); }

Error systemError(std::string tried, int number) {
  return Error{std::move(tried) + ": " + std::generic_category().message(number), number};
}

}  // namespace multiport::host
