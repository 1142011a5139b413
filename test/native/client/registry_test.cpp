// registry_test.cpp — finding services, and what is known of them.

#include <algorithm>
#include <vector>

#include "client/tool.h"

namespace multiport::client::test {

namespace {

std::string textOf(CFTypeRef string) {
  char text[256] = "";
  CFStringGetCString(static_cast<CFStringRef>(string), text, sizeof text, kCFStringEncodingUTF8);
  return text;
}

struct Key {
  CFStringRef name;
  explicit Key(const char * text) : name(CFStringCreateWithCString(nullptr, text, kCFStringEncodingUTF8)) {}
  ~Key() { CFRelease(name); }
  operator CFStringRef() const { return name; }
};

std::vector<std::string> namesIn(io_iterator_t iterator) {
  std::vector<std::string> names;
  while (Held each{IOIteratorNext(iterator)}) {
    io_name_t name;
    REQUIRE(IORegistryEntryGetName(each, name) == kIOReturnSuccess);
    names.push_back(name);
  }
  return names;
}

}  // namespace

TEST_CASE("services are found by name, by kernel class and by nobody's name") {
  RunningHost host;
  auto driver = find("TestServed");
  REQUIRE(driver);
  io_name_t text;
  CHECK(IOObjectGetClass(driver, text) == kIOReturnSuccess);
  CHECK(std::string(text) == "IOUserService");
  CHECK(IOObjectConformsTo(driver, "IOService"));
  CHECK_FALSE(IOObjectConformsTo(driver, "IOUSBHostDevice"));
  uint64_t id = 0;
  CHECK(IORegistryEntryGetRegistryEntryID(driver, &id) == kIOReturnSuccess);
  CHECK(id == host.entry("TestServed")["id"]);
  CHECK_FALSE(find("NobodyHere"));
  Held devices;
  CHECK(IOServiceGetMatchingServices(0, IOServiceMatching("IOPlatformExpertDevice"), &devices) == kIOReturnSuccess);
  CHECK(namesIn(devices) == std::vector<std::string>{"Root"});
  CHECK(IOIteratorIsValid(devices));
  // macOS goes by the kernel's class; the dext's own is a property.
  CHECK(IOServiceGetMatchingService(0, IOServiceMatching("TestServed")) == 0);
}

TEST_CASE("a service's parent, its children, and properties of every type") {
  RunningHost host;
  auto driver = find("TestServed");
  Held root;
  CHECK(IORegistryEntryGetParentEntry(driver, kIOServicePlane, &root) == kIOReturnSuccess);
  Held children;
  CHECK(IORegistryEntryGetChildIterator(root, kIOServicePlane, &children) == kIOReturnSuccess);
  auto names = namesIn(children);
  CHECK(std::find(names.begin(), names.end(), "TestServed") != names.end());
  Held none;
  CHECK(IORegistryEntryGetParentEntry(root, kIOServicePlane, &none) == kIOReturnNoDevice);
  CHECK(IORegistryEntryGetChildIterator(root, "IODeviceTree", &none) == kIOReturnUnsupported);

  CFMutableDictionaryRef properties = nullptr;
  REQUIRE(IORegistryEntryCreateCFProperties(driver, &properties, nullptr, 0) == kIOReturnSuccess);
  CHECK(textOf(CFDictionaryGetValue(properties, Key("IOUserClass"))) == "TestServed");
  CHECK(CFDictionaryGetValue(properties, Key("Nothing")) == nullptr);
  auto * number = CFDictionaryGetValue(properties, Key("Answer"));
  CHECK(CFGetTypeID(number) == CFNumberGetTypeID());
  int32_t answer = 0;
  CHECK(CFNumberGetValue(static_cast<CFNumberRef>(number), kCFNumberSInt32Type, &answer));
  CHECK(answer == 42);
  auto * list = static_cast<CFArrayRef>(CFDictionaryGetValue(properties, Key("Names")));
  REQUIRE(CFArrayGetCount(list) == 3);
  CHECK(textOf(CFArrayGetValueAtIndex(list, 0)) == "one");
  auto * data = static_cast<CFDataRef>(CFArrayGetValueAtIndex(list, 1));
  CHECK(CFDataGetLength(data) == 3);
  CHECK(CFDataGetBytePtr(data)[2] == 3);
  CHECK(CFBooleanGetValue(static_cast<CFBooleanRef>(CFArrayGetValueAtIndex(list, 2))));
  std::vector<const void *> keys(static_cast<size_t>(CFDictionaryGetCount(properties)));
  CFDictionaryGetKeysAndValues(properties, keys.data(), nullptr);
  CHECK(std::any_of(keys.begin(), keys.end(), [](auto * key) { return textOf(key) == "UserClientProperties"; }));
  CFRelease(properties);
}

TEST_CASE("one property, and one that a child has from a parent") {
  RunningHost host;
  OpenClient client;
  auto driver = find("TestServed");
  auto * own = IORegistryEntryCreateCFProperty(driver, Key("IOUserClass"), nullptr, 0);
  REQUIRE(own);
  CHECK(textOf(own) == "TestServed");
  CFRelease(own);
  CHECK(IORegistryEntryCreateCFProperty(driver, Key("Nothing"), nullptr, 0) == nullptr);
  Held children;
  REQUIRE(IORegistryEntryGetChildIterator(driver, kIOServicePlane, &children) == kIOReturnSuccess);
  Held child(IOIteratorNext(children));
  REQUIRE(child);
  CHECK(IOObjectConformsTo(child, "IOUserClient"));
  CHECK(IORegistryEntryCreateCFProperty(child, Key("Answer"), nullptr, 0) == nullptr);
  auto options = kIORegistryIterateRecursively | kIORegistryIterateParents;
  auto * inherited = IORegistryEntrySearchCFProperty(child, kIOServicePlane, Key("Answer"), nullptr, options);
  REQUIRE(inherited);
  CFRelease(inherited);
}

TEST_CASE("what is gone, what is no object and what is nothing is said so") {
  RunningHost host;
  auto driver = find("TestServed");
  host.request({{"request", "deactivate"}, {"bundle", "org.example.test"}});
  CFMutableDictionaryRef properties = nullptr;
  CHECK(IORegistryEntryCreateCFProperties(driver, &properties, nullptr, 0) == kIOReturnNoDevice);
  CHECK(properties == nullptr);
  io_connect_t connect = 0;
  CHECK(IOServiceOpen(driver, mach_task_self(), 0, &connect) == kIOReturnNoDevice);
  CHECK(IOServiceOpen(12345, mach_task_self(), 0, &connect) == kIOReturnBadArgument);
  CHECK(IOServiceOpen(driver, 0, 0, &connect) == kIOReturnBadArgument);
  CHECK(IOObjectRelease(12345) == kIOReturnBadArgument);
  CHECK(IOIteratorNext(driver) == 0);
  CHECK_FALSE(IOIteratorIsValid(driver));
  CHECK(IOServiceGetMatchingService(0, nullptr) == 0);
}

TEST_CASE("without a host, and in somebody else's folder, a tool is told") {
  ::setenv("MULTIPORT_HOST_STATE", "/nonexistent", 1);
  Held services;
  CHECK(IOServiceGetMatchingServices(0, IOServiceMatching("IOService"), &services) == kIOReturnOffline);
  CHECK(IOServiceGetMatchingService(0, IOServiceMatching("IOService")) == 0);
}

}  // namespace multiport::client::test
