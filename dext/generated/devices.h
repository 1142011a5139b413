// devices.h — every adapter we drive. Made from firmware-info/ by `npm run generate`; never edited.
#pragma once

#include "core/device.h"

namespace multiport {

inline constexpr const char * kVersion = "0.1.0";
inline constexpr const char * kNubProperties = "PortNubProperties";
inline constexpr const char * kUserClientProperties = "UserClientProperties";

namespace generated {
inline constexpr DevicePort kPortsLinuxGadget[] = {
    {1, "Port 1"},
    {2, "Port 2"},
    {3, "Port 3"},
    {4, "Port 4"},
    {5, "Port 5"},
    {6, "Port 6"},
    {7, "Port 7"},
};
inline constexpr DevicePort kPortsMultiportSimulated[] = {
    {1, "Port 1"},
    {2, "Port 2"},
    {3, "Port 3"},
    {4, "Port 4"},
    {5, "Port 5"},
    {6, "Port 6"},
    {7, "Port 7"},
};
}  // namespace generated

inline constexpr Device kDevices[] = {
    {
        .vendor = 0x1d6b,
        .product = 0x0104,
        .vendorName = "Linux",
        .modelName = "Gadget",
        .configuration = 1,
        .maxBlockBytes = 16384,
        .maxFrameBytes = 8000,
        .ports = generated::kPortsLinuxGadget,
        .quirks = {},
    },
    {
        .vendor = 0x1209,
        .product = 0x0001,
        .vendorName = "Multiport",
        .modelName = "Simulated",
        .configuration = 1,
        .maxBlockBytes = 65536,
        .maxFrameBytes = 9014,
        .ports = generated::kPortsMultiportSimulated,
        .quirks = {.beyondMegabits = 10000},
    },
};

}  // namespace multiport
