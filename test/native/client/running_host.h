// running_host.h — a daemon of a test's own with the test dext, which libIOKit.so of this process finds; gone without a
// trace at its end.
#pragma once

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>

namespace multiport::client::test {

using Json = nlohmann::json;

class RunningHost {
 public:
  // Waits until nothing more happens: the dext's services have started. `interfaces`: "current"
  // puts them into this process's network namespace, "own" into one of the host.
  explicit RunningHost(const char * interfaces = "current");
  ~RunningHost();

  // A request of the control socket (dext/host/kernel/README.md); its result. An error is an exception with its words.
  Json request(Json request);
  void quiet() { request({{"request", "quiet"}}); }
  // The first entry of that name, below which are its `children`; null.
  Json entry(const std::string & name);
  size_t countEntries(const std::string & name);
  pid_t dextPid(const std::string & serverName);
  bool logged(const std::string & rule);
  // Ends the daemon with SIGKILL and waits for it.
  void kill();

  const std::string & state() const { return state_; }
  pid_t pid() const { return pid_; }
  const std::string & netns() const { return netns_; }

 private:
  std::string line();

  std::string state_, netns_;
  pid_t pid_ = 0;
  int control_ = -1;
  std::string received_;
};

// Numbers the kernel keeps of a process.
size_t descriptorCount(pid_t pid);
size_t residentBytes(pid_t pid);

// How much of that may have been freed already: AddressSanitizer keeps freed memory for a while, 256 MiB of it.
#if __has_feature(address_sanitizer)
inline constexpr size_t kFreedBytesKept = 256 << 20;
#else
inline constexpr size_t kFreedBytesKept = 0;
#endif

}  // namespace multiport::client::test
