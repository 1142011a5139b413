// ethernet.h — the few facts about Ethernet that every part of the edge needs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace multiport::host {

using MacAddress = std::array<uint8_t, 6>;

constexpr size_t kEthernetHeader = 14;
constexpr size_t kVlanTag = 4;

}  // namespace multiport::host
