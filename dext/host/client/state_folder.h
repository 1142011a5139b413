// state_folder.h — the environment in, where the host keeps its sockets out.
#pragma once

#include <string>

namespace multiport::client {

// MULTIPORT_HOST_STATE, else the folder tools/host uses when nobody says otherwise (tools/adapters/host/daemon.ts).
std::string hostStateFolder();

}  // namespace multiport::client
