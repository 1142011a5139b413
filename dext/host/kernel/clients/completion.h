// completion.h — the action that a driver completes an asynchronous call with in; news for the tool out.
#pragma once

#include "host/kernel/calls/object.h"
#include "host/kernel/clients/connection.h"

namespace multiport::kernel {

// Held by the driver, which may complete it any number of times; its end is told to the tool. Lives on the loop.
class Completion : public Object {
 public:
  Completion(uint64_t id, const std::shared_ptr<Connection> & connection, uint64_t reference);
  ~Completion() override;

  Task<Answer> serve(Call call) override;

 private:
  std::weak_ptr<Connection> connection_;
  uint64_t reference_;
};

}  // namespace multiport::kernel
