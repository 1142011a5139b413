#include "host/kernel/registry/entry.h"

#include <algorithm>

namespace multiport::kernel {

std::optional<Plane> planeNamed(std::string_view name) {
  if (name == "IOService") return Plane::Service;
  if (name == "IOPower") return Plane::Power;
  if (name == "IOUSB") return Plane::Usb;
  return std::nullopt;
}

Entry::~Entry() {
  for (auto & child : children_) child->provider_ = nullptr;
}

void Entry::setUserProperties(const Dictionary & properties) {
  auto * user = find<Dictionary>(properties_, kUserPropertiesKey);
  Dictionary merged = user ? *user : Dictionary();
  for (auto & [key, value] : properties) merged[key] = value;
  properties_[kUserPropertiesKey] = std::move(merged);
}

bool Entry::removeUserProperty(std::string_view key) {
  auto * user = find<Dictionary>(properties_, kUserPropertiesKey);
  if (!user) return false;
  Dictionary left = *user;
  if (auto place = left.find(key); place != left.end()) left.erase(place);
  properties_[kUserPropertiesKey] = std::move(left);
  return true;
}

Dictionary Entry::mergedProperties() const {
  Dictionary merged = properties_;
  if (auto * user = find<Dictionary>(properties_, kUserPropertiesKey)) {
    for (auto & [key, value] : *user) merged[key] = value;
    merged.erase(kUserPropertiesKey);
  }
  return merged;
}

Dictionary Entry::matchingProperties(double osLevel) const {
  constexpr double kFirstWithMerge = 15;  // xnu-11215, IOService::_copyPropertiesForMatching
  return osLevel >= kFirstWithMerge ? mergedProperties() : properties_;
}

std::optional<Value> Entry::search(std::string_view key, Plane plane, bool parents) const {
  for (auto * entry = this; entry; entry = parents ? entry->provider_ : nullptr) {
    if (entry->isIn(plane))
      if (auto * value = find(entry->properties_, key)) return *value;
  }
  for (auto * entry = this; entry; entry = parents ? entry->provider_ : nullptr) {
    auto * user = find<Dictionary>(entry->properties_, kUserPropertiesKey);
    if (auto * value = user ? find(*user, key) : nullptr) return *value;
  }
  return std::nullopt;
}

void Entry::attach(Entry & provider) {
  provider_ = &provider;
  provider.children_.push_back(std::static_pointer_cast<Entry>(shared_from_this()));
  if (busy_ > 0) provider.adjustBusy(1);
}

void Entry::detach() {
  if (!provider_) return;
  auto self = shared_from_this();  // the provider's may be the last reference
  if (busy_ > 0) provider_->adjustBusy(-1);
  auto & siblings = provider_->children_;
  siblings.erase(std::find(siblings.begin(), siblings.end(), self));
  provider_ = nullptr;
}

void Entry::adjustBusy(int32_t delta) {
  for (auto * entry = this; entry && delta != 0; entry = entry->provider_) {
    bool was = entry->busy_ > 0;
    entry->busy_ = static_cast<uint32_t>(std::max<int64_t>(0, int64_t{entry->busy_} + delta));
    bool is = entry->busy_ > 0;
    delta = static_cast<int32_t>(is) - static_cast<int32_t>(was);
  }
}

}  // namespace multiport::kernel
