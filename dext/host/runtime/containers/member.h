// member.h — what a collection holds of each of its members: one reference.
#pragma once

#include <DriverKit/OSObject.h>

#include "host/runtime/objects/owned.h"

namespace multiport::runtime {

using Member = Owned<OSObject>;

inline Member memberOf(const OSMetaClassBase * object) {
  return Member::retained(static_cast<OSObject *>(const_cast<OSMetaClassBase *>(object)));
}

}  // namespace multiport::runtime
