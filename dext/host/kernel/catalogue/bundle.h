// bundle.h — a NAME.dext folder in; its identifier, program, entitlements and personalities out.
#pragma once

#include <map>
#include <string>

#include "host/base/result.h"
#include "host/kernel/registry/value.h"

namespace multiport::kernel {

struct Bundle {
  std::string path;        // the folder
  std::string identifier;  // CFBundleIdentifier
  std::string executable;  // path of the program
  Dictionary entitlements;
  std::map<std::string, Dictionary> personalities;  // by name
};

// Reads Info.plist and entitlements.plist (none: no entitlements) and looks whether the program is there.
host::Result<Bundle> readBundle(const std::string & path);

}  // namespace multiport::kernel
