#include "host/usb/simulated/endpoint.h"

#include <algorithm>
#include <iterator>

namespace multiport::host::simulated {

void Completions::add(uint8_t endpoint, Completion completion, TransferResult result) {
  auto & list = held_ & bitOf(endpoint) ? waiting_ : due_;
  list.push_back({endpoint, std::move(completion), result});
}

void Completions::run() {
  std::swap(due_, running_);
  for (auto & entry : running_) entry.completion(entry.result);
  running_.clear();
}

void Completions::release(uint8_t endpoint, bool reversed) {
  held_ &= ~bitOf(endpoint);
  auto isMine = [endpoint](const Entry & entry) { return entry.endpoint == endpoint; };
  std::vector<Entry> mine;
  std::copy_if(std::move_iterator(waiting_.begin()), std::move_iterator(waiting_.end()), std::back_inserter(mine),
               isMine);
  std::erase_if(waiting_, isMine);
  if (reversed) std::reverse(mine.begin(), mine.end());
  std::move(mine.begin(), mine.end(), std::back_inserter(due_));
}

void Endpoint::add(Transfer transfer) {
  transfers_.push_back(std::move(transfer));
  if (!open_) endAll(TransferStatus::ProtocolError);
  if (halted_) endAll(TransferStatus::Stalled);
}

bool Endpoint::end(TransferId id, TransferStatus status) {
  auto mine = std::find_if(transfers_.begin(), transfers_.end(), [id](auto & transfer) { return transfer.id == id; });
  if (mine == transfers_.end()) return false;
  finish(static_cast<size_t>(mine - transfers_.begin()), status, mine->filled);
  return true;
}

void Endpoint::endAll(TransferStatus status) {
  while (!transfers_.empty()) finish(0, status, transfers_.front().filled);
}

void Endpoint::finish(TransferStatus status, size_t actual) { finish(0, status, actual); }

void Endpoint::finish(size_t index, TransferStatus status, size_t actual) {
  auto & transfer = transfers_[index];
  completions_.add(address_, std::move(transfer.completion), {status, static_cast<uint32_t>(actual)});
  transfers_.erase(transfers_.begin() + static_cast<ptrdiff_t>(index));
}

void Endpoint::close() {
  open_ = false;
  halted_ = false;
  endAll(TransferStatus::Cancelled);
}

void Endpoint::halt() {
  halted_ = true;
  endAll(TransferStatus::Stalled);
}

}  // namespace multiport::host::simulated
