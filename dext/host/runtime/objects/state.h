// state.h — what a framework class of the runtime keeps about an object, whatever its generated class looks like.
#pragma once

#include <memory>

class OSMetaClassBase;

namespace multiport::runtime {

// Belongs to one object and ends with it.
struct State {
  virtual ~State() = default;
  const void * kind = nullptr;
  State * next = nullptr;
};

State * findState(const OSMetaClassBase * object, const void * kind);
// Attaches `state`, or returns the one of its kind that is there already.
State * attachState(const OSMetaClassBase * object, const void * kind, std::unique_ptr<State> state);

// T's state of the object; null when it has none.
template <typename T>
T * stateOf(const OSMetaClassBase * object) {
  return static_cast<T *>(findState(object, &T::kKind));
}

// T's state of the object, made when it has none yet. Two threads that ask at once get the same one.
template <typename T, typename... Arguments>
T & makeState(const OSMetaClassBase * object, Arguments &&... arguments) {
  if (auto * found = stateOf<T>(object)) return *found;
  return static_cast<T &>(*attachState(object, &T::kKind, std::make_unique<T>(std::forward<Arguments>(arguments)...)));
}

}  // namespace multiport::runtime
