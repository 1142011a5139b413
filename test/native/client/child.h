// child.h — a tool process (tool_process.cpp) of a test's own.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

namespace multiport::client::test {

class Child {
 public:
  // Waits until it says that it is ready.
  explicit Child(const char * what) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl(TOOL_PROGRAM, TOOL_PROGRAM, what, nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    char ready[6];
    REQUIRE(::read(ends[0], ready, sizeof ready) == sizeof ready);
    ::close(ends[0]);
  }
  Child(const Child &) = delete;
  ~Child() { kill(); }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(std::exchange(pid_, 0), nullptr, 0);
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

}  // namespace multiport::client::test
