#include "host/kernel/catalogue/match.h"
#include "host/kernel/services/classes.h"
#include "test_kernel.h"

namespace multiport::kernel::test {

namespace {

struct Provider : TestKernel {
  explicit Provider(double osLevel = 15.4) : TestKernel(osLevel) {
    service = makeService(*kernel, "IOUserService", "Nub");
    service->properties() = {{"NubType", "port"}, {"IOUserClass", "Nub"}};
  }
  std::optional<int32_t> score(Dictionary more) {
    return passiveScore(*service, personality("Port", "IOUserService", more), kernel->options.osLevel);
  }
  std::shared_ptr<Service> service;
};

}  // namespace

TEST_CASE("IOProviderClass is looked up along the provider's kernel classes, not its IOUserClass") {
  Provider provider;
  CHECK(passiveScore(*provider.service, personality("Port", "IOUserService"), 15));
  CHECK(passiveScore(*provider.service, personality("Port", "IOService"), 15));
  CHECK(!passiveScore(*provider.service, personality("Port", "Nub"), 15));
  CHECK(!passiveScore(*provider.service, personality("Port", "IOUSBHostDevice"), 15));
}

TEST_CASE("every entry of IOPropertyMatch has to be in the provider with an equal value") {
  Provider provider;
  CHECK(provider.score({{"IOPropertyMatch", Dictionary{{"NubType", "port"}, {"IOUserClass", "Nub"}}}}));
  CHECK(!provider.score({{"IOPropertyMatch", Dictionary{{"NubType", "other"}}}}));
  CHECK(!provider.score({{"IOPropertyMatch", Dictionary{{"NubType", "port"}, {"Index", number(1)}}}}));
  CHECK(provider.score({{"IOPropertyMatch", Array{Dictionary{{"NubType", "x"}}, Dictionary{{"NubType", "port"}}}}}));
  CHECK(!provider.score({{"IOPropertyMatch", "port"}}));
}

TEST_CASE("a driver without a device waits for the resources it names") {
  TestKernel host;
  auto resources = host.find("IOUserResources");
  REQUIRE(resources);
  auto score = [&](Dictionary more) {
    return passiveScore(*resources, personality("Idle", "IOUserResources", more), 15).has_value();
  };
  CHECK(score({}));
  CHECK(score({{"IOResourceMatch", "IOKit"}}));
  CHECK(score({{"IOResourceMatch", Array{"IOKit", "IOBSD"}}}));
  CHECK(!score({{"IOResourceMatch", "com.example.NeverThere"}}));
  CHECK(!score({{"IOResourceMatch", Array{"IOKit", "com.example.NeverThere"}}}));
  CHECK(!passiveScore(host.kernel->registry.root(), personality("Idle", "IOUserResources"), 15));
}

TEST_CASE("numbers are equal whatever size they were made with") {
  Provider provider;
  provider.service->properties()["Index"] = number(3, 8);
  CHECK(provider.score({{"IOPropertyMatch", Dictionary{{"Index", number(3, 64)}}}}));
}

TEST_CASE("what a dext sets can be matched from macOS 15 on") {
  for (auto [level, matches] : {std::pair(14.0, false), std::pair(15.0, true)}) {
    Provider provider(level);
    provider.service->setUserProperties({{"Index", number(3)}});
    CHECK(provider.score({{"IOPropertyMatch", Dictionary{{"Index", number(3)}}}}).has_value() == matches);
  }
}

TEST_CASE("readers see what a dext set over what was there, and no IOUserServiceProperties") {
  Provider provider;
  provider.service->setUserProperties({{"NubType", "mine"}, {"Extra", true}});
  provider.service->setUserProperties({{"More", false}});
  auto merged = provider.service->mergedProperties();
  CHECK(text(merged, "NubType") == "mine");
  CHECK(find<bool>(merged, "Extra"));
  CHECK(find<bool>(merged, "More"));
  CHECK(!find(merged, kUserPropertiesKey));
  CHECK(text(provider.service->properties(), "NubType") == "port");
  CHECK(provider.service->removeUserProperty("NubType"));
  CHECK(text(provider.service->mergedProperties(), "NubType") == "port");
}

TEST_CASE("a property is searched here, and above when that is asked for") {
  Provider provider;
  auto child = makeService(*provider.kernel, "IOUserService", "Child");
  provider.service->attach(provider.kernel->registry.root());
  child->attach(*provider.service);
  CHECK(!child->search("NubType", Plane::Service, false));
  CHECK(child->search("NubType", Plane::Service, true) == Value("port"));
  provider.service->setUserProperties({{"Set", number(1)}});
  CHECK(child->search("Set", Plane::Service, true) == number(1));
}

TEST_CASE("IOProbeScore decides, and equals stay in the catalogue's order") {
  Provider provider;
  Bundle bundle;
  bundle.identifier = "com.example.driver";
  bundle.personalities = {{"a", personality("A", "IOUserService")},
                          {"b", personality("B", "IOUserService", {{"IOProbeScore", number(5)}})},
                          {"c", personality("C", "IOUserService")}};
  provider.kernel->catalogue.add(bundle);
  std::string order;
  for (auto & each : provider.kernel->catalogue.candidates(*provider.service)) order += each.personalityName;
  CHECK(order == "bac");
}

TEST_CASE("an entry is busy for itself and once for each busy child") {
  Provider provider;
  auto & root = provider.kernel->registry.root();
  auto child = makeService(*provider.kernel, "IOUserService", "Child");
  provider.service->attach(root);
  child->attach(*provider.service);
  child->adjustBusy(2);
  CHECK(provider.service->busy() == 1);
  CHECK(root.busy() == 1);
  provider.service->adjustBusy(1);
  child->adjustBusy(-2);
  CHECK(provider.service->busy() == 1);
  child->adjustBusy(1);
  child->detach();
  provider.service->adjustBusy(-1);
  CHECK(root.busy() == 0);
}

}  // namespace multiport::kernel::test
