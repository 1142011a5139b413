// container_class.h — how a hand-written container class enters the table of classes.
#pragma once

#include <DriverKit/OSMetaClass.h>

#include <new>

namespace multiport::runtime {

template <typename Container>
class ContainerClass : public OSMetaClass {
 public:
  kern_return_t New([[maybe_unused]] OSObject * instance) override {
    if constexpr (std::is_abstract_v<Container>) {
      return kIOReturnUnsupported;
    } else {
      ::new (static_cast<void *>(instance)) Container;
      return kIOReturnSuccess;
    }
  }

  static OSMetaClass * registered(const char * name, const char * superName) {
    static const OSClassDescription description = {name, superName, nullptr, 0, 0, sizeof(Container)};
    return OSRegisterClass(new ContainerClass, &description);
  }
};

// An initialised object of the class with `values` as its ivars.
template <typename Container, typename Values>
Container * makeContainer(OSMetaClass * metaClass, Values * values) {
  auto * container = static_cast<Container *>(metaClass->allocate());
  container->init();
  container->ivars = values;
  return container;
}

}  // namespace multiport::runtime
