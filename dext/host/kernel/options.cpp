#include "host/kernel/options.h"

#include <cstdlib>

namespace multiport::kernel {

const char * const kUsage =
    "usage: multiport-host --state DIR [--bundle NAME.dext]... [options]\n"
    "\n"
    "  --state DIR          where the control socket and the names of interfaces are kept; made when missing\n"
    "  --bundle NAME.dext   a dext to activate; may be given several times\n"
    "  --one-process        all services of a bundle in one process (as IOUserServerOneProcess in each personality)\n"
    "  --os-level VERSION   the macOS whose rules apply: 12, 13, 14, 15, 15.4 (default 15.4)\n"
    "  --namespace WHICH    own (default): interfaces in a network namespace that ends with the host; current: in this "
    "one\n"
    "  --offload on|off     on (default): the OS hands over up to 64 KiB of a TCP stream at once, and its counters "
    "count\n"
    "                       that as one; off: they count frames, as on the wire\n"
    "  --tied               end when standard input is closed: with the program that holds its other end\n"
    "  --temporary          remove DIR at the end\n"
    "  --help               this text\n";

namespace {

bool * flagOf(Options & options, const std::string & name) {
  if (name == "--one-process") return &options.oneProcess;
  if (name == "--tied") return &options.tied;
  return name == "--temporary" ? &options.temporary : nullptr;
}

bool takesValue(const std::string & name) {
  return name == "--state" || name == "--bundle" || name == "--os-level" || name == "--namespace" ||
         name == "--offload";
}

host::Result<> take(Options & options, const std::string & name, const std::string & value) {
  if (name == "--state") options.state = value;
  if (name == "--bundle") options.bundles.push_back(value);
  if (name == "--os-level") {
    char * end = nullptr;
    options.osLevel = std::strtod(value.c_str(), &end);
    if (*end || options.osLevel < 12 || options.osLevel > 26)
      return host::Error{"--os-level " + value + " is no macOS version from 12 to 26"};
  }
  if (name == "--offload") {
    if (value != "on" && value != "off") return host::Error{"--offload is on or off, not " + value};
    options.offload = value == "on";
  }
  if (name == "--namespace") {
    if (value != "own" && value != "current") return host::Error{"--namespace is own or current, not " + value};
    options.ownNamespace = value == "own";
  }
  return {};
}

}  // namespace

host::Result<Options> parseOptions(const std::vector<std::string> & arguments) {
  Options options;
  for (size_t i = 0; i < arguments.size(); i++) {
    auto & name = arguments[i];
    if (name == "--help") {
      options.help = true;
      return options;
    }
    if (bool * flag = flagOf(options, name)) {
      *flag = true;
      continue;
    }
    if (!takesValue(name)) return host::Error{"unknown option " + name + "; --help lists them"};
    if (++i == arguments.size()) return host::Error{name + " needs a value behind it"};
    if (auto taken = take(options, name, arguments[i]); !taken) return taken.error();
  }
  if (options.state.empty()) return host::Error{"--state DIR is missing"};
  return options;
}

}  // namespace multiport::kernel
