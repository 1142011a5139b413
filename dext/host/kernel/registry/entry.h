// entry.h — a place in the registry: a name, properties, a provider above and clients below.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/kernel/calls/object.h"
#include "host/kernel/registry/value.h"

namespace multiport::kernel {

// What a dext sets goes here and not to the top level (xnu, IOService::SetProperties_Impl).
constexpr const char * kUserPropertiesKey = "IOUserServiceProperties";

enum class Plane : uint8_t { Service, Power, Usb };
std::optional<Plane> planeNamed(std::string_view name);

// Lives on the loop. The provider keeps its children; a child's provider outlives it while it is attached.
class Entry : public Object {
 public:
  Entry(uint64_t id, std::string className) : Object(id, std::move(className)) {}
  ~Entry() override;

  const std::string & name() const { return name_; }
  void setName(std::string name) { name_ = std::move(name); }
  const std::string & location() const { return location_; }
  void setLocation(std::string location) { location_ = std::move(location); }

  // --- properties -----------------------------------------------------------------------------------------------
  Dictionary & properties() { return properties_; }
  const Dictionary & properties() const { return properties_; }
  void setUserProperties(const Dictionary & properties);
  // False when a dext never set anything here.
  bool removeUserProperty(std::string_view key);
  // What readers see: the dext's own values over the static ones, no IOUserServiceProperties.
  Dictionary mergedProperties() const;
  // What matching compares with: the dext's own values count from macOS 15.
  Dictionary matchingProperties(double osLevel) const;
  // The value here, else (with `parents`) of the nearest provider in `plane`; static values first, as
  // IOService::SearchProperty_Impl looks.
  std::optional<Value> search(std::string_view key, Plane plane, bool parents) const;

  // --- the tree -------------------------------------------------------------------------------------------------
  Entry * provider() const { return provider_; }
  const std::vector<std::shared_ptr<Entry>> & children() const { return children_; }
  void attach(Entry & provider);
  void detach();
  virtual bool isIn(Plane plane) const { return plane == Plane::Service; }

  // --- busy -----------------------------------------------------------------------------------------------------
  // An entry is busy for itself and once for each busy child (xnu, IOService::_adjustBusy).
  void adjustBusy(int32_t delta);
  uint32_t busy() const { return busy_; }

 private:
  std::string name_, location_;
  Dictionary properties_;
  Entry * provider_ = nullptr;
  std::vector<std::shared_ptr<Entry>> children_;
  uint32_t busy_ = 0;
};

}  // namespace multiport::kernel
