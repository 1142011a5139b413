// handles.h — io_object_t and other port names: numbers with counted references, and the objects behind them.
#pragma once

#include <IOKit/IOKitLib.h>

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/client/link.h"
#include "host/client/objects.h"

namespace multiport::client {

class Object {
 public:
  virtual ~Object() = default;
  // Its kernel class and the superclasses.
  virtual std::vector<std::string> classes() const = 0;
};

// A registry entry as it was when it was found.
class Entry : public Object {
 public:
  Entry(std::shared_ptr<Link> link, uint64_t id, std::string name, std::vector<std::string> classes)
      : link(std::move(link)), id(id), name(std::move(name)), classes_(std::move(classes)) {}
  std::vector<std::string> classes() const override { return classes_; }

  const std::shared_ptr<Link> link;
  const uint64_t id;
  const std::string name;

 private:
  const std::vector<std::string> classes_;
};

// Entries that are given out one after the other. One that news come to is called when something came after it had been
// emptied.
class Iterator : public Object {
 public:
  explicit Iterator(std::vector<std::shared_ptr<Entry>> entries) : entries_(entries.begin(), entries.end()) {}
  std::vector<std::string> classes() const override { return {"IOUserIterator", "OSIterator"}; }

  // nullptr at the end, which arms it.
  std::shared_ptr<Entry> next() {
    std::lock_guard lock(mutex_);
    isArmed_ = entries_.empty();
    if (isArmed_) return nullptr;
    auto entry = std::move(entries_.front());
    entries_.pop_front();
    return entry;
  }
  // True: it was armed, and somebody is to be told.
  bool add(std::vector<std::shared_ptr<Entry>> entries) {
    std::lock_guard lock(mutex_);
    entries_.insert(entries_.end(), entries.begin(), entries.end());
    return std::exchange(isArmed_, false);
  }

 private:
  std::mutex mutex_;
  std::deque<std::shared_ptr<Entry>> entries_;
  bool isArmed_ = false;
};

// A new number with one reference.
mach_port_t addHandle(std::shared_ptr<Object> object);
// nullptr: no such number.
std::shared_ptr<Object> handle(mach_port_t number);
// False: no such number. The last reference is the end of the number, not of an object somebody still works with.
bool retainHandle(mach_port_t number);
bool releaseHandle(mach_port_t number);
// The end of the number, whatever its references.
void removeHandle(mach_port_t number);

template <typename T>
std::shared_ptr<T> handleAs(mach_port_t number) {
  return std::dynamic_pointer_cast<T>(handle(number));
}

// What a reply says of entries (client_message.h); nothing when it makes no sense.
std::optional<std::vector<std::shared_ptr<Entry>>> entriesIn(const std::shared_ptr<Link> & link,
                                                             std::span<const uint8_t> payload);
std::shared_ptr<Entry> entryIn(const std::shared_ptr<Link> & link, std::span<const uint8_t> payload);

}  // namespace multiport::client
