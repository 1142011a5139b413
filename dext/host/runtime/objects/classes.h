// classes.h — what the runtime asks of a class.
#pragma once

#include <DriverKit/OSMetaClass.h>

#include <string_view>
#include <vector>

namespace multiport::runtime {

struct MethodInfo {
  const char * queueName = nullptr;           // QUEUENAME, or null
  const OSMetaClass * describedBy = nullptr;  // the nearest class that has the method; null: none has
  bool isOverridden = false;                  // by a class below the one that brought it
};

// What objects of the class do with a method.
MethodInfo methodOf(const OSMetaClass * metaClass, uint64_t method);

// Whether some method of the class names that queue.
bool hasQueueName(const OSMetaClass * metaClass, std::string_view name);

std::vector<const OSClassDescription *> allClasses();

}  // namespace multiport::runtime
