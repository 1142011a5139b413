// block.h — a block that was copied to the heap, released with its last owner.
#pragma once

#include <Block.h>

#include <memory>

namespace multiport::runtime {

template <typename Signature>
class Block;

template <typename... Arguments>
class Block<void(Arguments...)> {
 public:
  using Pointer = void (^)(Arguments...);

  Block() = default;
  Block(Pointer block) {
    if (block) block_.reset(_Block_copy((const void *)block), [](void * copy) { _Block_release(copy); });
  }
  explicit operator bool() const { return block_ != nullptr; }
  void operator()(Arguments... arguments) const { ((Pointer)block_.get())(arguments...); }

 private:
  std::shared_ptr<void> block_;
};

}  // namespace multiport::runtime
