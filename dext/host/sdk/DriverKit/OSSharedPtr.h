// OSSharedPtr.h — pointers that hold a reference of their object. Names:
// developer.apple.com/documentation/driverkit/ossharedptr.
#pragma once

#include <DriverKit/OSMetaClass.h>

#include <cstddef>
#include <utility>

struct OS_retain_t {};
struct OS_no_retain_t {};
// How a pointer takes an object: with a reference of its own, or with the one the caller had.
static constexpr const auto OSRetain = OS_retain_t{};
static constexpr const auto OSNoRetain = OS_no_retain_t{};

template <typename T>
struct OSSharedPtr {
  typedef T * pointer;
  typedef OS_retain_t retain_t;
  typedef OS_no_retain_t no_retain_t;

  // A place for `T **` parameters: what is put there is owned, what was there before is released when attach() is
  // called.
  struct attacher {
    explicit attacher(OSSharedPtr & sp) noexcept : sp(sp) {}
    operator pointer *() const { return &sp.ptr_; }
    operator OSSharedPtr *() const { return &sp; }
    OSSharedPtr & sp;
  };

  OSSharedPtr() noexcept = default;
  OSSharedPtr(std::nullptr_t) noexcept {}
  explicit OSSharedPtr(T * p, retain_t) noexcept : ptr_(p) {
    if (ptr_) ptr_->retain();
  }
  explicit OSSharedPtr(T * p, no_retain_t) noexcept : ptr_(p) {}
  OSSharedPtr(const OSSharedPtr & other) noexcept : OSSharedPtr(other.ptr_, OSRetain) {}
  OSSharedPtr(OSSharedPtr && other) noexcept : ptr_(other.detach()) {}
  template <typename U>
  OSSharedPtr(const OSSharedPtr<U> & other) noexcept : OSSharedPtr(other.get(), OSRetain) {}
  template <typename U>
  OSSharedPtr(OSSharedPtr<U> && other) noexcept : ptr_(other.detach()) {}
  ~OSSharedPtr() {
    if (ptr_) ptr_->release();
  }

  OSSharedPtr & operator=(OSSharedPtr other) noexcept {
    swap(other);
    return *this;
  }

  T & operator*() const noexcept { return *ptr_; }
  T * operator->() const noexcept { return ptr_; }
  explicit operator bool() const noexcept { return ptr_ != nullptr; }
  T * get() const noexcept { return ptr_; }

  // Gives the reference to the caller.
  T * detach() noexcept { return std::exchange(ptr_, nullptr); }
  attacher attach() noexcept { return attacher(reset()); }
  OSSharedPtr & reset() noexcept { return *this = OSSharedPtr(); }
  OSSharedPtr & reset(T * p, retain_t) noexcept { return *this = OSSharedPtr(p, OSRetain); }
  OSSharedPtr & reset(T * p, no_retain_t) noexcept { return *this = OSSharedPtr(p, OSNoRetain); }
  void swap(OSSharedPtr & other) noexcept { std::swap(ptr_, other.ptr_); }

  pointer ptr_ = nullptr;
};

template <typename T>
OSSharedPtr(T *, OS_retain_t) -> OSSharedPtr<T>;
template <typename T>
OSSharedPtr(T *, OS_no_retain_t) -> OSSharedPtr<T>;

template <typename T>
void swap(OSSharedPtr<T> & one, OSSharedPtr<T> & other) noexcept {
  one.swap(other);
}

template <typename T, typename U>
bool operator==(const OSSharedPtr<T> & one, const OSSharedPtr<U> & other) {
  return one.get() == other.get();
}
template <typename T, typename U>
bool operator==(const OSSharedPtr<T> & one, U * other) {
  return one.get() == other;
}
template <typename T>
bool operator==(const OSSharedPtr<T> & one, std::nullptr_t) {
  return !one;
}

template <typename To, typename From>
OSSharedPtr<To> OSStaticPtrCast(OSSharedPtr<From> ptr) noexcept {
  return OSSharedPtr<To>(static_cast<To *>(ptr.detach()), OSNoRetain);
}
template <typename To, typename From>
OSSharedPtr<To> OSConstPtrCast(OSSharedPtr<From> ptr) noexcept {
  return OSSharedPtr<To>(const_cast<To *>(ptr.detach()), OSNoRetain);
}
template <typename To, typename From>
OSSharedPtr<To> OSReinterpretPtrCast(OSSharedPtr<From> ptr) noexcept {
  return OSSharedPtr<To>(reinterpret_cast<To *>(ptr.detach()), OSNoRetain);
}
