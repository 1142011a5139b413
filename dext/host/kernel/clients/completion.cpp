#include "host/kernel/clients/completion.h"

#include <DriverKit/IOUserClient.messages.h>

#include <algorithm>
#include <cstring>

namespace multiport::kernel {

Completion::Completion(uint64_t id, const std::shared_ptr<Connection> & connection, uint64_t reference)
    : Object(id, "OSAction"), connection_(connection), reference_(reference) {
  connection->completions++;
}

Completion::~Completion() {
  auto connection = connection_.lock();
  if (!connection) return;
  connection->completions--;
  connection->tell(wire::kClientReleased, reference_, {});
}

Task<Answer> Completion::serve(Call call) {
  if (call.method != IOUserClient_AsyncCompletion_ID) co_return kIOReturnUnsupported;
  auto message = call.message<IOUserClient_AsyncCompletion_Msg>();
  if (!message) co_return kIOReturnBadArgument;
  auto connection = connection_.lock();
  if (!connection) co_return kIOReturnSuccess;
  wire::ClientCompletion head{message->status,
                              std::min<uint32_t>(message->asyncDataCount, std::size(message->asyncData))};
  std::vector<uint8_t> payload(sizeof head + head.argumentCount * sizeof(uint64_t));
  std::memcpy(payload.data(), &head, sizeof head);
  if (head.argumentCount > 0)
    std::memcpy(payload.data() + sizeof head, message->asyncData, head.argumentCount * sizeof(uint64_t));
  connection->tell(wire::kClientCompleted, reference_, std::move(payload));
  co_return kIOReturnSuccess;
}

}  // namespace multiport::kernel
