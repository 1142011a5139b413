// multicast_list.h — /proc/net/dev_mcast in, the multicast addresses an interface is to receive out.
#pragma once

#include <string_view>
#include <vector>

#include "host/base/fd.h"
#include "host/base/result.h"
#include "host/net/ethernet.h"

namespace multiport::host {

// The addresses of interface `name`, sorted. `file` is an open dev_mcast of its namespace, read from the start.
Result<std::vector<MacAddress>> readMulticastList(const Fd & file, std::string_view name);

// The same from the file's text (Linux, net/core/dev_addr_lists.c): a line is index, name, users, global users,
// address.
std::vector<MacAddress> parseMulticastList(std::string_view text, std::string_view name);

}  // namespace multiport::host
