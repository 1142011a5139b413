// names.h — a hardware address in, the enX that it always gets out.
#pragma once

#include <map>
#include <set>
#include <string>

#include "host/base/result.h"
#include "host/net/ethernet.h"

namespace multiport::kernel {

using host::MacAddress;

std::string describeMac(const MacAddress & mac);

// Which address has which unit, kept in a file so that a port has its name again after a replug and a restart. Lives on
// the loop.
class InterfaceNames {
 public:
  explicit InterfaceNames(std::string file);

  // A unit that nobody has, for an instance that will say its address later: instances that are started in some order
  // get new names in that order, however long each takes.
  unsigned reserve();
  void forgo(unsigned unit) { reserved_.erase(unit); }

  // The name for an address: the one it had, `reserved` for a new one, and while an interface of the same address is
  // there.
  std::string take(const MacAddress & mac, unsigned reserved);
  void giveBack(const std::string & name) { used_.erase(name); }

 private:
  void save() const;

  const std::string file_;
  std::map<std::string, unsigned> units_;  // by address
  std::set<std::string> used_;
  std::set<unsigned> reserved_;
};

}  // namespace multiport::kernel
