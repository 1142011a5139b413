// control.h — requests of tools in, one JSON object a line; their results, and followed log lines, out.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "host/base/local_listener.h"
#include "host/kernel/control/lines.h"
#include "host/kernel/log.h"
#include "host/kernel/task.h"

namespace multiport::kernel {

using Json = nlohmann::json;

// What a request could not do, and what to do about it. Thrown by nobody: a request returns it.
struct Refusal {
  std::string words, fix;
};
using Outcome = std::variant<Json, Refusal>;
using Request = std::function<Task<Outcome>(const Json & parameters)>;

// Lives on the loop. Serves any number of tools at once.
class Control {
 public:
  Control(host::Loop & loop, Tasks & tasks, Log & log) : loop_(loop), tasks_(tasks), log_(log) {}
  ~Control();

  // Listens at `path`, replacing a socket left behind there.
  host::Result<> open(const std::string & path);

  void on(std::string name, Request request) { requests_[std::move(name)] = std::move(request); }

 private:
  struct Client {
    std::unique_ptr<Lines> lines;
    uint64_t follower = 0;  // its number in the log, 0: none
  };
  using ClientRef = std::shared_ptr<Client>;

  void accept(host::Fd socket);
  void onLine(const ClientRef & client, const std::string & line);
  Task<> serve(ClientRef client, Json message);
  Outcome log(const ClientRef & client, const Json & message);

  host::Loop & loop_;
  Tasks & tasks_;
  Log & log_;
  host::LocalListener listener_;
  std::map<std::string, Request> requests_;
  std::list<ClientRef> clients_;
};

}  // namespace multiport::kernel
