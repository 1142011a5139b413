#include "host/base/deferred.h"

#include <algorithm>
#include <utility>

#include "host/base/loop.h"

namespace multiport::host {

Deferred::Deferred(Loop & loop, std::function<void()> callback)
    : calls_(loop.deferred_), callback_(std::move(callback)) {}

Deferred::~Deferred() {
  if (!armed_) return;
  for (auto * list : {&calls_.armed_, &calls_.running_})
    std::replace(list->begin(), list->end(), this, static_cast<Deferred *>(nullptr));
}

void Deferred::arm() {
  if (std::exchange(armed_, true)) return;
  calls_.armed_.push_back(this);
}

bool DeferredCalls::run() {
  std::swap(armed_, running_);
  bool called = !running_.empty();
  for (size_t i = 0; i < running_.size(); i++) {
    auto * each = running_[i];
    if (!each) continue;
    each->armed_ = false;
    each->callback_();
  }
  running_.clear();
  return called;
}

}  // namespace multiport::host
