#include <doctest/doctest.h>

#include "core/link/media.h"
#include "core/link/notification.h"
#include "core/vectors.h"

using namespace multiport;

TEST_CASE("each sequence of notifications leaves the link its file says") {
  auto vectors = readVectors("notifications.vectors");
  CHECK(vectors.size() > 10);
  for (const Vector & vector : vectors) {
    CAPTURE(vector.name);
    LinkTracker tracker{10000};
    std::string news;
    for (const std::string & packet : vector.all("packet")) {
      std::vector<uint8_t> bytes;
      appendHex(bytes, packet);
      news += (news.empty() ? "" : " ") + std::string{tracker.see({bytes.data(), bytes.size()}) ? "1" : "0"};
    }
    CHECK(news == vector.one("news"));
    const Link & link = tracker.link();
    CHECK((link.up ? "up " : "down ") + std::to_string(link.bitsPerSecond) == vector.one("link"));
  }
}

TEST_CASE("notifications cut off at any byte, in any two pieces, are read without harm") {
  for (const Vector & vector : readVectors("notifications.vectors"))
    for (const std::string & packet : vector.all("packet")) {
      std::vector<uint8_t> bytes;
      appendHex(bytes, packet);
      for (size_t cut = 0; cut <= bytes.size(); cut++) {
        LinkTracker tracker;
        std::vector<uint8_t> head(bytes.begin(), bytes.begin() + static_cast<long>(cut));
        tracker.see({head.data(), head.size()});
        tracker.see({bytes.data() + cut, bytes.size() - cut});
      }
    }
}

TEST_CASE("a link fits in one word, also beyond what 32 bits can say") {
  for (uint64_t speed : {uint64_t{0}, uint64_t{10'000'000}, uint64_t{10'000'000'000}, uint64_t{400'000'000'000}})
    for (bool up : {false, true})
      for (bool half : {false, true}) {
        Link link{up, half, speed};
        CHECK(unpackLink(pack(link)) == link);
      }
}

TEST_CASE("a medium never promises more than the link has") {
  auto medium = [](uint64_t bitsPerSecond) { return mediumOf({.up = true, .bitsPerSecond = bitsPerSecond}) & 0xfff; };
  CHECK(medium(10'000'000) == 0x23);
  CHECK(medium(100'000'000) == 0x26);
  CHECK(medium(425'984'000) == 0x26);  // what Linux's gadget says at high speed
  CHECK(medium(1'000'000'000) == 0x30);
  CHECK(medium(2'500'000'000) == 0x36);
  CHECK(medium(4'294'967'295) == 0x36);
  CHECK(medium(5'000'000'000) == 0x37);
  CHECK(medium(10'000'000'000) == 0x35);
  CHECK(medium(100'000'000'000) == 0x35);
  CHECK(medium(0) == 0x20);
  CHECK(mediumOf({}) == 0x22);
  CHECK((mediumOf({.up = true, .halfDuplex = true, .bitsPerSecond = 10'000'000}) & 0xf00000) == 0x200000);
}

TEST_CASE("a function that cannot notify is up once it is set up") {
  LinkTracker tracker;
  CHECK(tracker.assumeUp());
  CHECK_FALSE(tracker.assumeUp());
  CHECK(tracker.reset());
  CHECK_FALSE(tracker.link().up);
}
