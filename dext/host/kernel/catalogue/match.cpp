#include "host/kernel/catalogue/match.h"

#include <algorithm>

#include "host/kernel/services/service.h"

namespace multiport::kernel {

namespace {

// IOPropertyMatch is a dictionary, or an array of them of which one has to fit.
bool fitsPropertyMatch(const Dictionary & properties, const Value & wanted) {
  if (auto * all = wanted.as<Dictionary>()) return hasAll(properties, *all);
  auto * choices = wanted.as<Array>();
  return choices && std::any_of(choices->begin(), choices->end(), [&](auto & choice) {
           auto * all = choice.template as<Dictionary>();
           return all && hasAll(properties, *all);
         });
}

bool fitsExistsMatch(const Dictionary & properties, const Value & wanted) {
  if (auto * key = wanted.as<std::string>()) return properties.contains(*key);
  auto * keys = wanted.as<Array>();
  return keys && std::all_of(keys->begin(), keys->end(), [&](auto & each) {
           auto * key = each.template as<std::string>();
           return key && properties.contains(*key);
         });
}

}  // namespace

bool hasAll(const Dictionary & properties, const Dictionary & wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](auto & each) {
    auto * value = find(properties, each.first);
    return value && *value == each.second;
  });
}

bool fitsProperties(const Service & provider, const Dictionary & personality, double osLevel) {
  auto properties = provider.matchingProperties(osLevel);
  auto * equal = find(personality, "IOPropertyMatch");
  auto * there = find(personality, "IOPropertyExistsMatch");
  return (!equal || fitsPropertyMatch(properties, *equal)) && (!there || fitsExistsMatch(properties, *there));
}

std::optional<int32_t> passiveScore(const Service & provider, const Dictionary & personality, double osLevel) {
  if (!provider.isA(text(personality, "IOProviderClass"))) return std::nullopt;
  if (!fitsProperties(provider, personality, osLevel)) return std::nullopt;
  auto family = provider.familyScore(personality);
  if (!family) return std::nullopt;
  auto * probe = find<Number>(personality, "IOProbeScore");
  return *family + (probe ? static_cast<int32_t>(probe->value) : 0);
}

}  // namespace multiport::kernel
