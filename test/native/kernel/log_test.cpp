#include "host/kernel/log.h"

#include <doctest/doctest.h>

namespace multiport::kernel::test {

TEST_CASE("the log keeps the newest lines, bounded by their bytes, and numbers them without gaps") {
  Log log;
  constexpr size_t kLines = 5000;
  for (size_t i = 0; i < kLines; i++) log.write("kernel", std::string(1000, 'x'));
  auto & lines = log.lines();
  CHECK(lines.size() > 100);
  CHECK(lines.size() < 1000);
  CHECK(lines.back().sequence == kLines);
  CHECK(lines.front().sequence == kLines - lines.size() + 1);
}

TEST_CASE("a line is cut, however long a stranger made it") {
  Log log;
  log.write("kernel", std::string(1 << 20, 'x'));
  CHECK(log.lines().back().text.size() == 4096);
}

TEST_CASE("newlines at the end of a line are the writer's habit, not part of it") {
  Log log;
  log.write("dext", "started\n\n");
  log.write("dext", "\n");
  CHECK(log.lines().front().text == "started");
  CHECK(log.lines().back().text.empty());
}

}  // namespace multiport::kernel::test
