#include "host/kernel/catalogue/catalogue.h"

#include <algorithm>

#include "host/kernel/catalogue/match.h"

namespace multiport::kernel {

std::string categoryOf(const Dictionary & personality) {
  auto category = text(personality, "IOMatchCategory");
  return category.empty() ? "IODefaultMatchCategory" : std::string(category);
}

void Catalogue::add(Bundle bundle) {
  remove(bundle.identifier);
  bundles_.push_back(std::make_shared<const Bundle>(std::move(bundle)));
}

bool Catalogue::remove(const std::string & identifier) {
  return std::erase_if(bundles_, [&](auto & bundle) { return bundle->identifier == identifier; }) > 0;
}

std::shared_ptr<const Bundle> Catalogue::find(const std::string & identifier) const {
  for (auto & bundle : bundles_)
    if (bundle->identifier == identifier) return bundle;
  return nullptr;
}

std::vector<Candidate> Catalogue::candidates(const Service & provider) const {
  std::vector<Candidate> found;
  for (auto & bundle : bundles_)
    for (auto & [name, personality] : bundle->personalities)
      if (auto score = passiveScore(provider, personality, osLevel_))
        found.push_back({bundle, name, personality, *score});
  // Not std::stable_sort: libstdc++'s uses what C++20 has deprecated.
  std::vector<Candidate> sorted;
  for (auto & each : found) {
    auto place = std::find_if(sorted.begin(), sorted.end(), [&](auto & other) { return other.score < each.score; });
    sorted.insert(place, std::move(each));
  }
  return sorted;
}

}  // namespace multiport::kernel
