// log.h — what happened, in lines with their source and the name of the rule that was broken; kept for a while,
// followed by whoever listens.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace multiport::kernel {

struct LogLine {
  uint64_t sequence;   // from 1, without gaps
  double seconds;      // since 1970
  std::string source;  // "kernel" or the name of a server
  std::string rule;    // empty: no rule was broken
  std::string text;
};

nlohmann::json toJson(const LogLine & line);

// Lives on the loop.
class Log {
 public:
  using Follower = std::function<void(const LogLine &)>;

  void write(std::string source, std::string text) { add(std::move(source), {}, std::move(text)); }
  void rule(std::string source, std::string rule, std::string text) {
    add(std::move(source), std::move(rule), std::move(text));
  }

  const std::deque<LogLine> & lines() const { return lines_; }

  // `follower` gets every line from now on until unfollow() of the number returned.
  uint64_t follow(Follower follower);
  void unfollow(uint64_t number) { followers_.erase(number); }

 private:
  void add(std::string source, std::string rule, std::string text);

  std::deque<LogLine> lines_;
  size_t keptBytes_ = 0;
  uint64_t lastSequence_ = 0;
  uint64_t lastFollower_ = 0;
  std::map<uint64_t, Follower> followers_;
};

}  // namespace multiport::kernel
