import { BUNDLE } from './bundle.ts';
import type { DeviceFile, NamedDevice } from './device-file.ts';

/** dext/generated/devices.h: what the C++ knows about every adapter. */
export function deviceTables(devices: readonly NamedDevice[], version: string): string {
  return `// devices.h — every adapter we drive. Made from firmware-info/ by \`npm run generate\`; never edited.
#pragma once

#include "core/device.h"

namespace multiport {

inline constexpr const char * kVersion = ${quote(version)};
inline constexpr const char * kNubProperties = ${quote(BUNDLE.nubProperties)};
inline constexpr const char * kUserClientProperties = ${quote(BUNDLE.userClientProperties)};

namespace generated {
${devices.map(portTable).join('\n')}
}  // namespace generated

inline constexpr Device kDevices[] = {
${devices.map(deviceEntry).join('\n')}
};

}  // namespace multiport
`;
}

const portTable = (device: NamedDevice) => `inline constexpr DevicePort ${portsName(device)}[] = {
${device.file.ports.value.map(({ number, label }) => `    {${number}, ${quote(label)}},`).join('\n')}
};`;

const deviceEntry = (device: NamedDevice) => {
  const { file } = device;
  return `    {
        .vendor = ${file.vendor.id},
        .product = ${file.model.id},
        .vendorName = ${quote(file.vendor.name)},
        .modelName = ${quote(file.model.name)},
        .configuration = ${file.configuration.value},
        .maxBlockBytes = ${file.limits.maxBlockBytes?.value ?? 0},
        .maxFrameBytes = ${file.limits.maxFrameBytes.value},
        .ports = generated::${portsName(device)},
        .quirks = {${quirks(file)}},
    },`;
};

/** In the order of `Quirks` in core/device.h, which C++ insists on. */
const QUIRK_ORDER = [
  'tableBehindFrames',
  'only32Bit',
  'keepsDataAlternate',
  'linkIsAlwaysUp',
  'settleMilliseconds',
  'beyondMegabits',
] as const;

const quirks = (file: DeviceFile) =>
  QUIRK_ORDER.flatMap((name) => {
    const fact = file.quirks[name];
    return fact === undefined ? [] : [`.${name} = ${fact.value}`];
  }).join(', ');

const portsName = ({ folder }: NamedDevice) =>
  `kPorts${folder
    .split(/[^a-z0-9]+/i)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}`;

const quote = (text: string) => JSON.stringify(text);
