#include "host/kernel/log.h"

#include <chrono>
#include <nlohmann/json.hpp>

namespace multiport::kernel {

namespace {
constexpr size_t kKeptBytes = 512 * 1024;  // some thousand lines
constexpr size_t kLineBytes = 4096;        // a line comes from a stranger and may be any length
size_t byteCount(const LogLine & line) {
  return sizeof line + line.source.size() + line.rule.size() + line.text.size();
}

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
  text.erase(text.find_last_not_of('\n') + 1);
  auto now = std::chrono::system_clock::now().time_since_epoch();
  lines_.push_back({++lastSequence_, std::chrono::duration<double>(now).count(), std::move(source), std::move(rule),
                    std::move(text)});
  keptBytes_ += byteCount(lines_.back());
  for (; keptBytes_ > kKeptBytes; lines_.pop_front()) keptBytes_ -= byteCount(lines_.front());
  for (auto & [number, follower] : followers_) follower(lines_.back());
}

}  // namespace multiport::kernel
