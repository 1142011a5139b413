// control_test.cpp — the control socket, and who sends it what is no request.

#include "host/kernel/control/control.h"

#include <sys/un.h>

#include "test_kernel.h"

namespace multiport::kernel::test {

namespace {

struct Socket : TestKernel {
  Socket() : control(*loop, kernel->tasks, kernel->log) {
    REQUIRE(control.open(state + "/control"));
    control.on("echo", [](const Json & request) -> Task<Outcome> { co_return request; });
  }

  host::Fd connect() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, (state + "/control").c_str());
    host::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::connect(socket.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) == 0);
    return socket;
  }

  // What comes back for a line; empty when the connection ends instead.
  std::string answer(const host::Fd & socket, const std::string & line) {
    std::string answer;
    size_t sent = 0;
    bool isOver = false;
    until([&] {
      ssize_t size = ::send(socket.get(), line.data() + sent, line.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (size > 0) sent += static_cast<size_t>(size);
      char buffer[4096];
      size = ::recv(socket.get(), buffer, sizeof buffer, MSG_DONTWAIT);
      if (size > 0) answer.append(buffer, static_cast<size_t>(size));
      isOver = size == 0 || (size < 0 && errno == ECONNRESET);
      return isOver || answer.ends_with('\n');
    });
    return isOver ? "" : answer;
  }

  Control control;
};

std::string repeated(const char * text, int times) {
  std::string all;
  for (int i = 0; i < times; i++) all += text;
  return all;
}

}  // namespace

TEST_CASE("a request is answered with its id, whatever that is") {
  Socket host;
  auto socket = host.connect();
  CHECK(host.answer(socket, "{\"request\": \"echo\", \"id\": [1, {\"a\": null}]}\n")
            .starts_with("{\"id\":[1,{\"a\":null}]"));
}

TEST_CASE("what is nested without end is refused, and costs nobody his stack") {
  Socket host;
  auto socket = host.connect();
  for (auto [open, close] : {std::pair("[", "]"), std::pair("{\"a\":", "}")}) {
    for (int depth : {20, 1000, 10'000}) {
      auto nested = repeated(open, depth) + "1" + repeated(close, depth);
      auto answer = host.answer(socket, "{\"request\": \"echo\", \"id\": " + nested + "}\n");
      CHECK(answer.find("nested too deep") != std::string::npos);
    }
  }
  CHECK(host.answer(socket, "{\"request\": \"echo\"}\n").find("result") != std::string::npos);
}

TEST_CASE("bytes that are no JSON are refused in words, a line without end ends the connection") {
  Socket host;
  auto socket = host.connect();
  for (auto * line : {"\n", "{\n", "[]\n", "\xff\xfe\n", "{\"request\": 7}\n", "{\"request\": \"\xc3\x28\"}\n"})
    CHECK(host.answer(socket, line).find("error") != std::string::npos);
  CHECK(host.answer(socket, std::string(80 * 1024, ' ')).empty());
}

}  // namespace multiport::kernel::test
