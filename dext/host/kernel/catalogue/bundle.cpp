#include "host/kernel/catalogue/bundle.h"

#include <unistd.h>

#include "host/kernel/catalogue/plist.h"

namespace multiport::kernel {

namespace {

host::Error missing(const std::string & file, const std::string & what) { return host::Error{file + ": " + what}; }

// What IOKit would pass over in silence: a personality that can never match.
host::Result<> checkPersonality(const std::string & file, const std::string & name, const Dictionary & personality) {
  for (auto * key : {"IOClass", "IOProviderClass", "IOUserClass", "IOUserServerName", "CFBundleIdentifier"})
    if (text(personality, key).empty())
      return missing(file, "personality " + name + " has no string " + key + ", so it can never match");
  return {};
}

}  // namespace

host::Result<Bundle> readBundle(const std::string & path) {
  Bundle bundle;
  bundle.path = path;
  auto file = path + "/Info.plist";
  auto read = readPlist(file);
  if (!read) return read.error();
  auto & info = read.value();
  bundle.identifier = text(info, "CFBundleIdentifier");
  if (bundle.identifier.empty()) return missing(file, "CFBundleIdentifier is missing");
  auto program = text(info, "CFBundleExecutable");
  if (program.empty()) return missing(file, "CFBundleExecutable is missing");
  bundle.executable = path + "/" + std::string(program);
  if (::access(bundle.executable.c_str(), X_OK) != 0) return host::systemError("run " + bundle.executable);

  auto * personalities = find<Dictionary>(info, "IOKitPersonalities");
  if (!personalities) return missing(file, "IOKitPersonalities is missing");
  for (auto & [name, value] : *personalities) {
    auto * personality = value.as<Dictionary>();
    if (!personality) return missing(file, "personality " + name + " is no dictionary");
    if (auto checked = checkPersonality(file, name, *personality); !checked) return checked.error();
    bundle.personalities[name] = *personality;
  }

  auto entitlements = path + "/entitlements.plist";
  if (::access(entitlements.c_str(), F_OK) != 0) return bundle;
  auto granted = readPlist(entitlements);
  if (!granted) return granted.error();
  bundle.entitlements = std::move(granted).value();
  return bundle;
}

}  // namespace multiport::kernel
