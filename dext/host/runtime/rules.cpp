#include "host/runtime/rules.h"

#include <cstdio>
#include <cstdlib>

#include "host/runtime/calls/connection.h"
#include "host/runtime/log.h"

namespace multiport::runtime {

void breakRule(const Rule & rule, const std::string & how) {
  auto words = how + ": " + rule.words;
  std::fprintf(stderr, "%s: %s\n", rule.name, words.c_str());
  std::string payload = std::string(rule.name) + '\0' + words;
  Connection::get().oneway(0, wire::kOpRuleBroken, payload);
  std::abort();
}

kern_return_t refuse(const Rule & rule, const std::string & how, kern_return_t result) {
  char code[16];
  std::snprintf(code, sizeof code, "0x%08x", static_cast<unsigned>(result));
  logLine(std::string(rule.name) + ": " + how + ": " + rule.words + " (" + code + ")");
  return result;
}

void notImplemented(const char * method) { breakRule(rule::kNotImplemented, method); }

}  // namespace multiport::runtime
