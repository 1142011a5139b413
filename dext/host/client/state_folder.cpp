#include "host/client/state_folder.h"

#include <unistd.h>

#include <cstdlib>

namespace multiport::client {

namespace {

std::string variable(const char * name) {
  auto * value = std::getenv(name);
  return value ? value : "";
}

// As Node's os.tmpdir() says it.
std::string temporaryFolder() {
  for (auto * name : {"TMPDIR", "TMP", "TEMP"})
    if (auto folder = variable(name); !folder.empty()) {
      if (folder.size() > 1 && folder.back() == '/') folder.pop_back();
      return folder;
    }
  return "/tmp";
}

}  // namespace

std::string hostStateFolder() {
  if (auto folder = variable("MULTIPORT_HOST_STATE"); !folder.empty()) return folder;
  auto runtime = variable("XDG_RUNTIME_DIR");
  return (runtime.empty() ? temporaryFolder() : runtime) + "/multiport-host-" + std::to_string(::getuid());
}

}  // namespace multiport::client
