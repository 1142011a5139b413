// gate.h — where methods of the test dext wait until somebody lets one of them out.
#pragma once

#include <semaphore>

namespace multiport::test {

inline std::counting_semaphore<> & gate() {
  static std::counting_semaphore<> gate(0);
  return gate;
}

inline void waitAtGate() { gate().acquire(); }
inline void openGate() { gate().release(); }

}  // namespace multiport::test
