#include "client/running_host.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>

namespace multiport::client::test {

namespace {

// What a sanitizer finds in the daemon or in a driver's process goes into files of the state folder: nobody reads what
// they print.
void sendReportsTo(const std::string & folder) {
  for (auto * variable : {"ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    auto * given = ::getenv(variable);
    ::setenv(variable, ((given ? given + std::string(":") : "") + "log_path=" + folder + "/report").c_str(), 1);
  }
}

// LeakSanitizer also notes that it could not look at a thread that was ending: then what it takes for lost may not be.
bool isFinding(const std::string & report) {
  auto says = [&](const char * words) { return report.find(words) != std::string::npos; };
  bool isLeak = says("ERROR: LeakSanitizer") && !says("False leaks are possible") && !says("Unable to get registers");
  return isLeak || says("ERROR: AddressSanitizer") || says("runtime error: ") || says("WARNING: ThreadSanitizer");
}

void failOnReports(const std::string & folder) {
  for (auto & file : std::filesystem::directory_iterator(folder)) {
    if (!file.path().filename().string().starts_with("report.")) continue;
    std::ifstream stream(file.path());
    std::string report(std::istreambuf_iterator<char>(stream), {});
    if (isFinding(report)) ADD_FAIL_CHECK_AT(file.path().c_str(), 0, report);
  }
}

[[noreturn]] void fail(const std::string & what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

// The daemon with its standard output in `output`; it does not outlive this process.
pid_t spawn(const std::string & state, const char * interfaces, int output) {
  auto pid = ::fork();
  if (pid < 0) fail("fork");
  if (pid > 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(output, STDOUT_FILENO);
  ::execl(HOST_PROGRAM, HOST_PROGRAM, "--state", state.c_str(), "--namespace", interfaces, "--bundle", TEST_BUNDLE,
          nullptr);
  ::_exit(127);
}

std::string readLine(int descriptor, std::string & received) {
  char buffer[4096];
  while (true) {
    auto end = received.find('\n');
    if (end != std::string::npos) {
      auto line = received.substr(0, end);
      received.erase(0, end + 1);
      return line;
    }
    auto size = ::read(descriptor, buffer, sizeof buffer);
    if (size <= 0) throw std::runtime_error("the host has ended");
    received.append(buffer, static_cast<size_t>(size));
  }
}

void walk(const Json & entry, const std::function<void(const Json &)> & visit) {
  visit(entry);
  for (auto & child : entry["children"]) walk(child, visit);
}

}  // namespace

RunningHost::RunningHost(const char * interfaces) {
  char pattern[] = "/tmp/iokit-test-XXXXXX";
  state_ = ::mkdtemp(pattern);
  ::setenv("MULTIPORT_HOST_STATE", state_.c_str(), 1);
  sendReportsTo(state_);
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) fail("pipe");
  pid_ = spawn(state_, interfaces, pipe[1]);
  ::close(pipe[1]);
  netns_ = Json::parse(readLine(pipe[0], received_))["netns"];  // it is ready
  ::close(pipe[0]);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, (state_ + "/control").c_str());
  control_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(control_, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) fail("connect to the host");
  quiet();
}

RunningHost::~RunningHost() {
  kill();
  ::close(control_);
  failOnReports(state_);
  // A driver's process that has not heard yet may still make a file there.
  for (std::error_code failed; std::filesystem::remove_all(state_, failed), failed;) ::sched_yield();
}

void RunningHost::kill() {
  if (!pid_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

Json RunningHost::request(Json request) {
  auto line = request.dump() + "\n";
  if (::send(control_, line.data(), line.size(), MSG_NOSIGNAL) < 0) fail("ask the host");
  auto answer = Json::parse(readLine(control_, received_));
  if (answer.contains("error")) throw std::runtime_error(answer["error"].dump());
  return answer["result"];
}

Json RunningHost::entry(const std::string & name) {
  Json found;
  walk(request({{"request", "registry"}}), [&](auto & each) {
    if (found.is_null() && each["name"] == name) found = each;
  });
  return found;
}

size_t RunningHost::countEntries(const std::string & name) {
  size_t count = 0;
  walk(request({{"request", "registry"}}), [&](auto & each) { count += each["name"] == name; });
  return count;
}

pid_t RunningHost::dextPid(const std::string & serverName) {
  for (auto & server : request({{"request", "servers"}}))
    if (server["name"] == serverName) return server["pid"];
  return 0;
}

bool RunningHost::logged(const std::string & rule) {
  auto log = request({{"request", "log"}});
  for (auto & line : log["lines"])
    if (line["rule"] == rule) return true;
  return false;
}

size_t descriptorCount(pid_t pid) {
  auto folder = std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd");
  return static_cast<size_t>(std::distance(begin(folder), end(folder)));
}

size_t residentBytes(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  size_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace multiport::client::test
