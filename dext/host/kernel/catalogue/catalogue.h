// catalogue.h — activated bundles in; for a provider, the personalities that may drive it out, best first.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/kernel/catalogue/bundle.h"

namespace multiport::kernel {

class Service;

struct Candidate {
  std::shared_ptr<const Bundle> bundle;
  std::string personalityName;
  Dictionary personality;
  int32_t score = 0;
};

// IOMatchCategory, or the default one: a provider gets one driver for each.
std::string categoryOf(const Dictionary & personality);

// Lives on the loop.
class Catalogue {
 public:
  explicit Catalogue(double osLevel) : osLevel_(osLevel) {}

  // Replaces a bundle of the same identifier.
  void add(Bundle bundle);
  bool remove(const std::string & identifier);
  std::shared_ptr<const Bundle> find(const std::string & identifier) const;

  // Every personality that matches passively, by descending score; equals stay in the catalogue's order.
  std::vector<Candidate> candidates(const Service & provider) const;

 private:
  double osLevel_;
  std::vector<std::shared_ptr<const Bundle>> bundles_;
};

}  // namespace multiport::kernel
