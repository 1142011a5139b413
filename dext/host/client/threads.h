// threads.h — the library's own threads, which no signal of the program's is delivered to.
#pragma once

#include <functional>

namespace multiport::client {

// Runs `work` on a thread of its own. `name`: as ps shows it, at most 15 letters.
void startThread(const char * name, std::function<void()> work);

// Runs `work` on the one thread that callbacks are made on, in the order of the calls.
void onCallbackThread(std::function<void()> work);

}  // namespace multiport::client
