// registry.h — the tree of all entries, their ids, and what it looks like as JSON.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "host/kernel/services/service.h"

namespace multiport::kernel {

class Kernel;

// Lives on the loop.
class Registry {
 public:
  explicit Registry(Kernel & kernel);
  ~Registry();

  Service & root() const { return *root_; }

  // A number no object ever had.
  uint64_t newId() { return nextId_++; }
  uint64_t & nextId() { return nextId_; }

  // Every service, providers first. `visit` must not change the tree.
  void walk(const std::function<void(Service &)> & visit) const { walk(*root_, visit); }
  static void walk(Service & from, const std::function<void(Service &)> & visit);

  std::shared_ptr<Service> find(uint64_t id) const;

 private:
  uint64_t nextId_ = 0x100000100;
  std::shared_ptr<Service> root_;
};

// An entry and everything below it, as tools/model/host/registry.ts describes it.
nlohmann::json toJson(const Service & service);

}  // namespace multiport::kernel
