// IIG.h — what the code that tools/iig makes needs beyond the classes themselves. No dext includes it.
#pragma once

#include <DriverKit/OSMetaClass.h>
#include <string.h>

#include <new>
#include <type_traits>

// The head of a method's body, and what makes a call go to the class above.
#define IMPL(className, methodName) className::methodName##_Impl(className##_##methodName##_Args)
#define SUPERDISPATCH ((OSDispatchMethod) & super::_Dispatch)

namespace iig {

// Hands a returned object to the caller, who owns it from here on. `object` is `reference` cast to the class that was
// promised: null although there is a reference means a wrong class, and false.
template <typename Object>
bool take(Object ** out, Object * object, OSObjectRef reference) {
  if (reference && !object) OSObjectOf(reference)->release();
  if (out) {
    *out = object;
  } else if (object) {
    object->release();
  }
  return object || !reference;
}

}  // namespace iig
