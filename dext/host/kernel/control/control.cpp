#include "host/kernel/control/control.h"

#include <sys/socket.h>

namespace multiport::kernel {

namespace {

// A log line may hold any bytes; JSON may not.
std::string lineOf(const Json & json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

constexpr int kMaxDepth = 8;  // cables lie three deep; copying and printing a value takes stack for each level

// The object of a line; anything else, or what is nested deeper, is none.
Json objectIn(const std::string & line) {
  bool isTooDeep = false;
  auto look = [&](int depth, Json::parse_event_t, Json &) {
    isTooDeep |= depth > kMaxDepth;
    return !isTooDeep;
  };
  auto message = Json::parse(line, look, false);
  return message.is_object() && !isTooDeep ? message : Json();
}

Json errorOf(const Refusal & refusal) { return {{"words", refusal.words}, {"fix", refusal.fix}}; }

}  // namespace

Control::~Control() {
  for (auto & client : clients_)
    if (client->follower) log_.unfollow(client->follower);
}

host::Result<> Control::open(const std::string & path) {
  return listener_.open(loop_, path, SOCK_STREAM, 0600, [this](host::Fd socket) { accept(std::move(socket)); });
}

void Control::accept(host::Fd socket) {
  auto client = std::make_shared<Client>();
  std::weak_ptr<Client> weak = client;
  client->lines =
      std::make_unique<Lines>(loop_, std::move(socket),
                              Lines::Handlers{.line = [this, weak](std::string line) { onLine(weak.lock(), line); },
                                              .closed =
                                                  [this, weak] {
                                                    auto gone = weak.lock();
                                                    if (gone->follower) log_.unfollow(gone->follower);
                                                    clients_.remove(gone);
                                                  }});
  clients_.push_back(std::move(client));
}

void Control::onLine(const ClientRef & client, const std::string & line) {
  auto message = objectIn(line);
  if (!message.is_object()) {
    Refusal refusal{"this line is not a JSON object, or one nested too deep",
                    "Send one JSON object a line, with the key \"request\"."};
    return client->lines->send(lineOf({{"error", errorOf(refusal)}}));
  }
  tasks_.start(serve(client, std::move(message)));
}

Task<> Control::serve(ClientRef client, Json message) {
  auto name =
      message.contains("request") && message["request"].is_string() ? message["request"].get<std::string>() : "";
  Outcome outcome = Refusal{"there is no request \"" + name + "\"", "See dext/host/kernel/README.md for the requests."};
  if (name == "log")
    outcome = log(client, message);
  else if (auto request = requests_.find(name); request != requests_.end())
    outcome = co_await request->second(message);
  Json answer = Json::object();
  if (message.contains("id")) answer["id"] = message["id"];
  if (auto * refusal = std::get_if<Refusal>(&outcome))
    answer["error"] = errorOf(*refusal);
  else
    answer["result"] = std::get<Json>(std::move(outcome));
  client->lines->send(lineOf(answer));
}

// A follower gets the lines so far in the result, the further ones as events.
Outcome Control::log(const ClientRef & client, const Json & message) {
  auto since =
      message.contains("since") && message["since"].is_number_unsigned() ? message["since"].get<uint64_t>() : 0;
  auto lines = Json::array();
  for (auto & line : log_.lines())
    if (line.sequence > since) lines.push_back(toJson(line));
  if (message.contains("follow") && message["follow"] == true && !client->follower) {
    std::weak_ptr<Client> weak = client;
    client->follower = log_.follow([weak, id = message.value("id", Json())](const LogLine & line) {
      if (auto listening = weak.lock()) listening->lines->send(lineOf({{"id", id}, {"event", toJson(line)}}));
    });
  }
  return Json{{"lines", std::move(lines)}};
}

}  // namespace multiport::kernel
