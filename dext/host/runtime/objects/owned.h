// owned.h — one reference of an object, given back at the end of the owner's life.
#pragma once

#include <memory>
#include <utility>

namespace multiport::runtime {

template <typename Object>
class Owned {
 public:
  Owned() = default;
  // Takes over a reference that the caller owns.
  explicit Owned(Object * object) : object_(object) {}
  Owned(Owned && other) noexcept : object_(other.take()) {}
  template <typename Derived>
  Owned(Owned<Derived> && other) noexcept : object_(other.take()) {}
  Owned & operator=(Owned && other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Owned() { reset(); }

  // A reference more of what somebody else owns.
  static Owned retained(Object * object) {
    if (object) object->retain();
    return Owned(object);
  }

  Object * get() const { return object_; }
  Object * operator->() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  Object * take() { return std::exchange(object_, nullptr); }
  // The same reference, for what must be copied.
  std::shared_ptr<Object> share() {
    return std::shared_ptr<Object>(take(), [](Object * object) {
      if (object) object->release();
    });
  }
  void reset() {
    if (auto * object = take()) object->release();
  }

 private:
  Object * object_ = nullptr;
};

}  // namespace multiport::runtime
