#include "host/kernel/log.h"

#include <chrono>
#include <nlohmann/json.hpp>

namespace multiport::kernel {

namespace {
constexpr size_t kKeptLines = 4096;
constexpr size_t kLineBytes = 4096;  // a line comes from a stranger and may be any length
}  // namespace

nlohmann::json toJson(const LogLine & line) {
  return {{"sequence", line.sequence},
          {"seconds", line.seconds},
          {"source", line.source},
          {"rule", line.rule},
          {"text", line.text}};
}

uint64_t Log::follow(Follower follower) {
  followers_[++lastFollower_] = std::move(follower);
  return lastFollower_;
}

void Log::add(std::string source, std::string rule, std::string text) {
  if (text.size() > kLineBytes) text.resize(kLineBytes);
  auto now = std::chrono::system_clock::now().time_since_epoch();
  lines_.push_back({++lastSequence_, std::chrono::duration<double>(now).count(), std::move(source), std::move(rule),
                    std::move(text)});
  if (lines_.size() > kKeptLines) lines_.pop_front();
  for (auto & [number, follower] : followers_) follower(lines_.back());
}

}  // namespace multiport::kernel
