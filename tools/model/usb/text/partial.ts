// partial.ts — what a program of a system tells of a device in, descriptor bytes out. Fields it does not tell stay assumed.

import type { Part } from '../dump.ts';
import type { Layout } from '../layout.ts';
import { CONFIGURATION, DEVICE, ENDPOINT, INTERFACE } from '../layouts/standard.ts';
import { Draft, joinParts } from './draft.ts';

/** Field names of the descriptor; what is undefined is not told. */
export type Told = Readonly<Record<string, number | undefined>>;

export interface PartialInterface {
  readonly told: Told;
  readonly endpoints: readonly Told[];
}

export interface PartialConfiguration {
  readonly told: Told;
  readonly interfaces: readonly PartialInterface[];
}

/** A device descriptor and the configurations that are known of. */
export function partialDescriptors(device: Told, configurations: readonly PartialConfiguration[]): Part {
  return joinParts([
    descriptor(DEVICE, device),
    ...configurations.flatMap(({ told, interfaces }) => [
      descriptor(CONFIGURATION, told),
      ...interfaces.flatMap((each) => [
        descriptor(INTERFACE, each.told),
        ...each.endpoints.map((endpoint) => descriptor(ENDPOINT, endpoint)),
      ]),
    ]),
  ]);
}

function descriptor(layout: Layout, told: Told): Part {
  const draft = new Draft(layout);
  for (const [name, value] of Object.entries(told)) if (value !== undefined) draft.setNumber(name, value);
  return draft.finish();
}

/** `9b.00`, `2.0` or `0x8134`: how programs write a version. */
export function versionNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, hex] = /^\s*0x([0-9a-f]{1,4})\b/i.exec(text) ?? [];
  if (hex !== undefined) return Number.parseInt(hex, 16);
  const [, major, minor = '0'] = /^\s*([0-9a-f]{1,2})\.([0-9a-f]{1,2})/i.exec(text) ?? [];
  return major === undefined ? undefined : Number.parseInt(major, 16) * 256 + Number.parseInt(minor.padEnd(2, '0'), 16);
}
