#include "host/client/handles.h"

namespace multiport::client {

namespace {

struct Named {
  std::shared_ptr<Object> object;
  uint32_t references;
};

// Port names of macOS are small numbers that look like this; 0 is none.
struct Handles {
  std::mutex mutex;
  mach_port_t last = 0x1003;
  std::map<mach_port_t, Named> named;
};

Handles & handles() {
  static auto * handles = new Handles;  // callbacks may come while the process ends
  return *handles;
}

// An entry as client_message.h describes it.
std::shared_ptr<Entry> entryOf(const std::shared_ptr<Link> & link, const CfObject & object) {
  using Type = CfObject::Type;
  auto & members = object.members;
  bool isEntry = members.size() == 3 && members[0]->type == Type::Number && members[1]->type == Type::String &&
                 members[2]->type == Type::Array;
  if (!isEntry) return nullptr;
  std::vector<std::string> classes;
  for (auto * name : members[2]->members) classes.push_back(name->text);
  return std::make_shared<Entry>(link, members[0]->number, members[1]->text, std::move(classes));
}

}  // namespace

mach_port_t addHandle(std::shared_ptr<Object> object) {
  auto & all = handles();
  std::lock_guard lock(all.mutex);
  do all.last += 4;
  while (all.last == 0 || all.named.contains(all.last));
  all.named[all.last] = {std::move(object), 1};
  return all.last;
}

std::shared_ptr<Object> handle(mach_port_t number) {
  auto & all = handles();
  std::lock_guard lock(all.mutex);
  auto known = all.named.find(number);
  return known == all.named.end() ? nullptr : known->second.object;
}

bool retainHandle(mach_port_t number) {
  auto & all = handles();
  std::lock_guard lock(all.mutex);
  auto known = all.named.find(number);
  if (known == all.named.end()) return false;
  known->second.references++;
  return true;
}

bool releaseHandle(mach_port_t number) {
  std::shared_ptr<Object> last;  // its end may talk to the host: not with the lock held
  auto & all = handles();
  std::lock_guard lock(all.mutex);
  auto known = all.named.find(number);
  if (known == all.named.end()) return false;
  if (--known->second.references > 0) return true;
  last = std::move(known->second.object);
  all.named.erase(known);
  return true;
}

void removeHandle(mach_port_t number) {
  std::shared_ptr<Object> last;
  auto & all = handles();
  std::lock_guard lock(all.mutex);
  auto known = all.named.find(number);
  if (known == all.named.end()) return;
  last = std::move(known->second.object);
  all.named.erase(known);
}

std::optional<std::vector<std::shared_ptr<Entry>>> entriesIn(const std::shared_ptr<Link> & link,
                                                             std::span<const uint8_t> payload) {
  auto all = decodeObject(payload);
  if (!all || all->type != CfObject::Type::Array) return std::nullopt;
  std::vector<std::shared_ptr<Entry>> entries;
  for (auto * each : all->members) {
    auto entry = entryOf(link, *each);
    if (!entry) return std::nullopt;
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::shared_ptr<Entry> entryIn(const std::shared_ptr<Link> & link, std::span<const uint8_t> payload) {
  auto object = decodeObject(payload);
  return object ? entryOf(link, *object.get()) : nullptr;
}

}  // namespace multiport::client
