// death.h — runs a block in a child process that is expected to break a rule.
#pragma once

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace multiport::runtime {

// The name of the rule that `block` broke, "" when it broke none.
template <typename Body>
std::string ruleBrokenBy(Body block) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDERR_FILENO);
    ::signal(SIGABRT, SIG_DFL);  // doctest has a handler of its own
    block();
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string said;
  char bytes[512];
  for (ssize_t size; (size = ::read(ends[0], bytes, sizeof bytes)) > 0;) said.append(bytes, static_cast<size_t>(size));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? said.substr(0, said.find(':')) : "";
}

}  // namespace multiport::runtime
