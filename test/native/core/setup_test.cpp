#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "core/usb/function_setup.h"
#include "core/vectors.h"

using namespace multiport;

namespace {

// A function that answers as told and writes down what it was asked.
struct FakeControl {
  std::vector<std::string> asked;
  std::vector<uint8_t> parameters;
  std::map<CdcRequest, bool> refuses;
  bool refusesAlternate = false;
  // SET_NTB_INPUT_SIZE is obeyed; or it only looks so, as with Linux's gadget and a size it does not like.
  bool takesInputSize = true;
  std::vector<uint8_t> inputSize{0, 0x40, 0, 0};

  FakeControl() {
    appendHex(parameters, "1c00 0300 00400000 0400 0000 0400 0000 00400000 0400 0000 0400 0000");  // Linux's gadget
  }
  bool out(CdcRequest request, uint16_t value, Bytes data) {
    std::string text = "out " + hex(static_cast<uint8_t>(request)) + " " + std::to_string(value);
    for (size_t i = 0; i < data.size(); i++) text += (i ? "" : " ") + hex(*data.u8(i));
    asked.push_back(text);
    if (request == CdcRequest::SetNtbInputSize && !refuses[request] && takesInputSize)
      for (size_t i = 0; i < 4; i++) inputSize[i] = *data.u8(i);
    return !refuses[request];
  }
  uint32_t in(CdcRequest request, uint16_t, MutableBytes answer) {
    asked.push_back("in " + hex(static_cast<uint8_t>(request)));
    if (refuses[request]) return 0;
    const auto & all = request == CdcRequest::GetNtbInputSize ? inputSize : parameters;
    size_t bytes = std::min(answer.size(), all.size());
    answer.put(0, {all.data(), bytes});
    return static_cast<uint32_t>(bytes);
  }
  bool select(uint8_t alternate) {
    asked.push_back("alternate " + std::to_string(alternate));
    return !refusesAlternate || alternate == 0;
  }
  void wait(uint32_t milliseconds) { asked.push_back("wait " + std::to_string(milliseconds)); }

  static std::string hex(uint8_t value) {
    char text[3];
    std::snprintf(text, sizeof text, "%02x", value);
    return text;
  }
};

CdcFunction gadgetFunction() {
  CdcFunction function;
  function.dataAlternate = 1;
  function.hasIdleAlternate = true;
  function.capabilities = 0x11;
  function.in = {0x81, 1024};
  function.out = {0x01, 1024};
  return function;
}

CdcFunction ecmFunction() {
  CdcFunction function = gadgetFunction();
  function.subclass = CdcSubclass::Ecm;
  function.capabilities = 0;
  return function;
}

Device anyDevice() {
  Device device{};
  device.maxBlockBytes = 65536;
  device.maxFrameBytes = 9014;
  return device;
}

using Asked = std::vector<std::string>;

}  // namespace

TEST_CASE("a function is set up with the requests every device takes, format while the data interface is idle") {
  FakeControl control;
  auto agreement = setUpFunction(control, gadgetFunction(), anyDevice());
  REQUIRE(agreement);
  CHECK(control.asked == Asked{"alternate 0", "in 80", "out 8a 0", "out 84 0", "alternate 1"});
  CHECK(agreement->framing == FramingKind::Ntb16);
  CHECK(agreement->transferBytes == 16384);
  CHECK(agreement->limits.maxBlockBytes == 16384);
  CHECK(agreement->limits.maxFrameBytes == 1514);
  CHECK(agreement->limits.maxPacketBytes == 1024);
}

TEST_CASE("an ECM function is switched on and asked nothing, its transfers have room for more than a frame") {
  FakeControl control;
  auto agreement = setUpFunction(control, ecmFunction(), anyDevice());
  REQUIRE(agreement);
  CHECK(control.asked == Asked{"alternate 0", "alternate 1"});
  CHECK(agreement->framing == FramingKind::Ecm);
  CHECK(agreement->transferBytes == 2048);
  CHECK(agreement->paddedBytes == 0);
  CHECK(agreement->limits.maxFrameBytes == 1514);
  CHECK(agreement->knowsAddress);
  CHECK_FALSE(setUpFunction(control, ecmFunction(), anyDevice(), MacAddress{2})->knowsAddress);
  for (const std::string & asked : control.asked) CHECK(asked.substr(0, 3) != "out");
}

TEST_CASE("an ECM function's segments decide what comes, the device file what goes") {
  FakeControl control;
  CdcFunction function = ecmFunction();
  function.maxSegmentBytes = 16384;
  function.in = {0x81, 512};
  auto agreement = setUpFunction(control, function, anyDevice());
  REQUIRE(agreement);
  CHECK(agreement->transferBytes == 16384 + 512);
  CHECK(agreement->paddedBytes == 16385);
  CHECK(agreement->limits.maxFrameBytes == 9014);
}

TEST_CASE("quirks hold for an ECM function too, and one that cannot be switched on says so") {
  FakeControl control;
  Device device = anyDevice();
  device.quirks = {.keepsDataAlternate = true, .settleMilliseconds = 20};
  REQUIRE(setUpFunction(control, ecmFunction(), device));
  CHECK(control.asked == Asked{"wait 20", "alternate 1"});
  control.refusesAlternate = true;
  CHECK(setUpFunction(control, ecmFunction(), device).flaw() == SetupFlaw::NoAlternate);
}

TEST_CASE("a device that wants longer blocks than we do is asked for shorter ones, and believed when it refuses") {
  FakeControl control;
  Device device = anyDevice();
  device.maxBlockBytes = 8192;
  CHECK(setUpFunction(control, gadgetFunction(), device)->transferBytes == 8192);
  CHECK(control.asked.back() == "in 85");
  CHECK(*(control.asked.end() - 2) == "out 86 0 00200000");
  control.refuses[CdcRequest::SetNtbInputSize] = true;
  CHECK(setUpFunction(control, gadgetFunction(), device)->transferBytes == 16384);
  CHECK(control.asked.back() == "out 86 0 00200000");
}

TEST_CASE(
    "a device that takes the wish for shorter blocks and does not grant it, or does not say, gets the room it needs") {
  Device device = anyDevice();
  device.maxBlockBytes = 8192;
  FakeControl deaf;
  deaf.takesInputSize = false;
  CHECK(setUpFunction(deaf, gadgetFunction(), device)->transferBytes == 16384);
  FakeControl silent;
  silent.refuses[CdcRequest::GetNtbInputSize] = true;
  CHECK(setUpFunction(silent, gadgetFunction(), device)->transferBytes == 16384);
  FakeControl curt;
  curt.takesInputSize = false;
  curt.inputSize = {0, 0x20};
  CHECK(setUpFunction(curt, gadgetFunction(), device)->transferBytes == 16384);
}

TEST_CASE("a block is never asked for so short that the longest frame does not fit, each way") {
  Device device = anyDevice();
  device.maxBlockBytes = kMinBlockBytes;
  FakeControl control;
  auto plain = setUpFunction(control, gadgetFunction(), device);
  CHECK(plain->transferBytes == 2048);
  CHECK(plain->limits.maxBlockBytes == 2048);
  CdcFunction jumbo = gadgetFunction();
  jumbo.maxSegmentBytes = 9014;
  auto longer = setUpFunction(control, jumbo, device);
  CHECK(longer->transferBytes == 10240);  // whole packets
  CHECK(longer->limits.maxBlockBytes == 9014 + kBesideFrame);
  for (const FunctionSetup & setup : {plain, longer})
    for (FramingKind kind : {FramingKind::Ntb16, FramingKind::Ntb32}) {
      uint32_t slotBytes = alignUp(setup->limits.maxBlockBytes, 64);
      CHECK(Framing::of(kind, setup->limits, slotBytes).layout.placement.maxFrameBytes == setup->limits.maxFrameBytes);
    }
}

TEST_CASE("quirks of the device file change what is asked") {
  FakeControl control;
  Device device = anyDevice();
  device.quirks = {.tableBehindFrames = true, .only32Bit = true, .keepsDataAlternate = true, .settleMilliseconds = 20};
  CdcFunction function = gadgetFunction();
  function.capabilities = 0x08;
  auto agreement = setUpFunction(control, function, device);
  REQUIRE(agreement);
  CHECK(control.asked == Asked{"in 80", "out 84 1", "wait 20", "alternate 1", "out 88 0 ea05"});
  CHECK(agreement->framing == FramingKind::Ntb32);
  CHECK(agreement->limits.tableBehindFrames);
}

TEST_CASE("an address that is not the device's own is told to it, or everything has to pass") {
  constexpr MacAddress kMadeUp{0x02, 1, 2, 3, 4, 5};
  CdcFunction function = gadgetFunction();
  function.capabilities |= ncm_capability::kNetAddress;
  FakeControl control;
  CHECK(setUpFunction(control, function, anyDevice(), kMadeUp)->knowsAddress);
  CHECK(control.asked == Asked{"alternate 0", "in 80", "out 8a 0", "out 82 0 020102030405", "out 84 0", "alternate 1"});
  control.refuses[CdcRequest::SetNetAddress] = true;
  CHECK_FALSE(setUpFunction(control, function, anyDevice(), kMadeUp)->knowsAddress);
  control = {};
  function.capabilities &= static_cast<uint8_t>(~ncm_capability::kNetAddress);
  CHECK_FALSE(setUpFunction(control, function, anyDevice(), kMadeUp)->knowsAddress);
  for (const std::string & asked : control.asked) CHECK(asked.substr(0, 6) != "out 82");
}

TEST_CASE("why a function cannot be set up has a name of its own") {
  auto flawOf = [](const char * answer) {
    FakeControl control;
    control.parameters.clear();
    appendHex(control.parameters, answer);
    return setUpFunction(control, gadgetFunction(), anyDevice()).flaw();
  };
  CHECK(flawOf("") == SetupFlaw::NoParameters);
  CHECK(flawOf("1c00 0300 00400000") == SetupFlaw::ShortParameters);
  CHECK(flawOf("1c00 0300 00400000 0400 0000 0400 0000 00000000 0400 0000 0400 0000") == SetupFlaw::SmallBlocks);
  FakeControl control;
  control.refusesAlternate = true;
  CHECK(setUpFunction(control, gadgetFunction(), anyDevice()).flaw() == SetupFlaw::NoAlternate);
}

TEST_CASE("a function whose parameters make no sense is not used") {
  for (const char * answer :
       {"", "1c00 0300 00400000", "1c00 0300 00000000 0400 0000 0400 0000 00400000 0400 0000 0400 0000",
        "1c00 0300 00400000 0400 0000 0400 0000 ff070000 0400 0000 0400 0000"}) {
    FakeControl control;
    control.parameters.clear();
    appendHex(control.parameters, answer);
    CHECK_FALSE(setUpFunction(control, gadgetFunction(), anyDevice()));
  }
  FakeControl control;
  control.refusesAlternate = true;
  CHECK_FALSE(setUpFunction(control, gadgetFunction(), anyDevice()));
}

TEST_CASE("a device that knows one block form only is not asked to choose") {
  FakeControl control;
  control.parameters[2] = 2;
  CHECK(setUpFunction(control, gadgetFunction(), anyDevice())->framing == FramingKind::Ntb32);
  control.parameters[2] = 0;
  CHECK(setUpFunction(control, gadgetFunction(), anyDevice())->framing == FramingKind::Ntb16);
  for (const std::string & asked : control.asked) CHECK(asked.substr(0, 6) != "out 84");
}
