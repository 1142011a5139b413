// user_client.h — one IOServiceOpen in the tool: its calls that can still be completed, its mappings.
#pragma once

#include <map>
#include <mutex>
#include <set>

#include "host/client/handles.h"

namespace multiport::client {

// Its end, or close(), closes it at the host: mappings are taken away, completions are not made any more.
class UserClient : public Object, public std::enable_shared_from_this<UserClient> {
 public:
  UserClient(std::shared_ptr<Link> link, uint64_t id) : link(std::move(link)), id(id) {}
  ~UserClient() override;
  std::vector<std::string> classes() const override { return {"IOUserUserClient", "IOUserClient", "IOService"}; }

  kern_return_t close();

  // The number of an asynchronous call, whose completions go to `handler`.
  uint64_t addCompletion(std::function<void(std::span<const uint8_t> payload)> handler);
  void removeCompletion(uint64_t reference);

  // Maps the range of the descriptor; its address, 0 when that is not possible.
  uint64_t map(const host::Fd & descriptor, const wire::MapReply & range, bool isReadOnly);
  bool unmap(uint64_t address);

  const std::shared_ptr<Link> link;
  const uint64_t id;

 private:
  struct Mapping {
    void * base;
    size_t size;
  };
  std::mutex mutex_;
  bool isClosed_ = false;
  std::set<uint64_t> references_;
  std::map<uint64_t, Mapping> mappings_;  // by the address that was given out
};

}  // namespace multiport::client
