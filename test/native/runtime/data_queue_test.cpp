// data_queue_test.cpp — data queues with entries of their own.

#include <doctest/doctest.h>

#include <cstring>

#include "runtime/local_driver.h"

using namespace multiport::runtime;

TEST_CASE("a data queue keeps entries of any size in their order, round its end") {
  auto driver = makeLocalDriver();
  IODataQueueDispatchSource * source = nullptr;
  REQUIRE(IODataQueueDispatchSource::Create(64, defaultQueue(*driver.get()).get(), &source) == kIOReturnSuccess);
  uint8_t next = 0;
  for (uint32_t round = 0; round < 50; round++) {
    uint32_t size = 1 + round % 20;
    uint8_t written = next++;
    REQUIRE(source->Enqueue(size, ^(void * data, size_t length) {
      std::memset(data, written, length);
    }) == kIOReturnSuccess);
    CHECK(source->IsDataAvailable());
    __block bool isSame = true;
    __block size_t seen = 0;
    source->Dequeue(^(const void * data, size_t length) {
      seen = length;
      for (size_t i = 0; i < length; i++) isSame &= static_cast<const uint8_t *>(data)[i] == written;
    });
    CHECK(seen == size);
    CHECK(isSame);
  }
  CHECK(source->Dequeue(^(const void *, size_t){
        }) == kIOReturnUnderrun);
  CHECK(source->CanEnqueueData(16, 3) == kIOReturnSuccess);
  CHECK(source->CanEnqueueData(16, 4) == kIOReturnOverrun);
  CHECK(source->Enqueue(61, ^(void *, size_t){
                        }) == kIOReturnOverrun);
  source->release();
}

TEST_CASE("a data queue announces its first entry, and room after it was full") {
  auto driver = makeLocalDriver();
  auto data = std::make_shared<Event>(), room = std::make_shared<Event>();
  driver->SetObserver(^(const char * callback, uint64_t) {
    (std::strcmp(callback, "OnData") == 0 ? data : room)->happen();
  });
  IODataQueueDispatchSource * source = nullptr;
  IODataQueueDispatchSource::Create(16, defaultQueue(*driver.get()).get(), &source);
  OSAction *onData = nullptr, *onServiced = nullptr;
  driver->CreateActionOnData(0, &onData);
  driver->CreateActionOnServiced(0, &onServiced);
  source->SetDataAvailableHandler(onData);
  source->SetDataServicedHandler(onServiced);
  source->Enqueue(8, ^(void *, size_t){
                  });
  data->wait();
  source->Enqueue(1, ^(void *, size_t){
                  });
  source->Dequeue(^(const void *, size_t){
  });
  settle(*driver.get());
  CHECK(room->count() == 1);
  CHECK(data->count() == 1);
  auto cancelled = std::make_shared<Event>();
  source->Cancel(^{
    cancelled->happen();
  });
  cancelled->wait();
  onData->release();
  onServiced->release();
  source->release();
}
