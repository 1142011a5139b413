// ring.h — entries pushed in one process, popped in another. One producer, one consumer, no locks, no trust.
//
// Each end keeps its own index in private memory and believes only that one; the other's is read and held against it.
// What a stranger writes into the shared words can make a ring look full or empty, and nothing else.
//
// The waking handshake: a consumer that found nothing asks to be signalled and looks again (`mayWait`); a producer asks
// after each batch whether somebody asked (`shouldSignal`). The flag is only ever exchanged, by both sides, so each
// exchange sees all that was published before the other's: either the consumer's second look finds the batch, or the
// producer finds the flag. test/native/core/ring_search_test.cpp tries every interleaving.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

namespace multiport {

static_assert(std::atomic<uint32_t>::is_always_lock_free && sizeof(std::atomic<uint32_t>) == 4);

// The shared half of a ring. Indices run freely and wrap; each word has a cache line of its own.
template <typename T, uint32_t Capacity, template <typename> typename Word = std::atomic>
struct RingMemory {
  static_assert(Capacity > 1 && (Capacity & (Capacity - 1)) == 0, "a power of two, so that indices may wrap");
  static_assert(std::is_trivially_copyable_v<T>);
  alignas(64) Word<uint32_t> tail;         // written by the producer
  alignas(64) Word<uint32_t> head;         // written by the consumer
  alignas(64) Word<uint32_t> wantsSignal;  // exchanged by both
  alignas(64) T entries[Capacity];
};

// Lives on one queue of the producing process.
template <typename T, uint32_t Capacity, template <typename> typename Word = std::atomic>
class Producer {
 public:
  explicit Producer(RingMemory<T, Capacity, Word> & memory) : memory_(&memory) {}

  // Puts an entry behind the last; nobody sees it before `publish`. False: full, or the consumer's index is made up.
  bool push(const T & entry) {
    if (next_ - knownHead_ >= Capacity) {
      // Pairs with the release in Consumer::release: the slot is free only when the consumer is done reading it.
      knownHead_ = memory_->head.load(std::memory_order_acquire);
      if (next_ - knownHead_ >= Capacity) return false;
    }
    memory_->entries[next_++ % Capacity] = entry;
    return true;
  }

  // Shows the consumer all that was pushed. Pairs with the acquire in Consumer::pop.
  void publish() { memory_->tail.store(next_, std::memory_order_release); }

  // After `publish`: true when the consumer asked to be signalled, once for each time it asked.
  bool shouldSignal() { return memory_->wantsSignal.exchange(0, std::memory_order_acq_rel) != 0; }

 private:
  RingMemory<T, Capacity, Word> * memory_;
  uint32_t next_ = 0;
  uint32_t knownHead_ = 0;
};

// Lives on one queue of the consuming process.
template <typename T, uint32_t Capacity, template <typename> typename Word = std::atomic>
class Consumer {
 public:
  explicit Consumer(RingMemory<T, Capacity, Word> & memory) : memory_(&memory) {}

  // A private copy of the oldest entry: the producer may scribble on the shared one while we check ours.
  std::optional<T> pop() {
    if (next_ == knownTail_ && !look()) return std::nullopt;
    T entry = memory_->entries[next_++ % Capacity];
    std::atomic_signal_fence(std::memory_order_seq_cst);  // nothing may be read from the shared entry a second time
    return entry;
  }

  // Gives the popped entries' places back. Pairs with the acquire in Producer::push.
  void release() { memory_->head.store(next_, std::memory_order_release); }

  // True when there is nothing to pop and the producer will signal; only then may the caller go to sleep.
  bool mayWait() {
    memory_->wantsSignal.exchange(1, std::memory_order_acq_rel);
    return !look();
  }

 private:
  // True when there is an entry. An index further ahead than the ring is long was made up: then there is none.
  bool look() {
    // Pairs with the release in Producer::publish.
    uint32_t tail = memory_->tail.load(std::memory_order_acquire);
    knownTail_ = tail - next_ <= Capacity ? tail : next_;
    return knownTail_ != next_;
  }

  RingMemory<T, Capacity, Word> * memory_;
  uint32_t next_ = 0;
  uint32_t knownTail_ = 0;
};

}  // namespace multiport
