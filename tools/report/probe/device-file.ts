// device-file.ts — an inspected device in, the device file of firmware-info and its descriptors.hex out. Every fact says where
// it was read: here, in the descriptors themselves.

import type { Port } from '../../checks/usb/verdict.ts';
import type { DeviceFile, DeviceFraming } from '../../generate/device-file.ts';
import { hexBytes, hexNumber, readUnsigned } from '../../model/usb/bytes.ts';
import type { Dump } from '../../model/usb/dump.ts';
import { readTree } from '../../model/usb/tree.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import type { Inspection } from './device-report.ts';

export const SCHEMA = '../schema.json';

/** What the schema allows for a name. */
const plainName = (text: string, fallback: string) =>
  text
    .replace(/[^ -~]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 40)
    .trim() || fallback;

/** Smallest block NCM allows to ask for, and the largest the schema takes (NCM 1.1, 6.2.7). */
const BLOCK = { least: 2048, most: 1_048_576, usual: 16_384 } as const;

/** Throws UserError for a device without a port we can drive: a device file would promise one. */
export function deviceFile({ subject, verdict }: Inspection): DeviceFile & { readonly $schema: string } {
  const { identity, configuration } = verdict;
  const ports = verdict.ports.filter(({ drivable }) => drivable).slice(0, 8);
  if (!identity || !configuration || ports.length === 0)
    throw new UserError(
      `There is nothing to save: ${verdict.sentence}`,
      'A device file is for a device we can drive.',
      EXIT.fixable,
    );
  const framings = framingsOf(ports);
  const source = (what: string) => `descriptors.hex: ${what}`;
  return {
    $schema: SCHEMA,
    vendor: {
      id: hexNumber(identity.vendorId, 4),
      name: plainName(identity.manufacturer ?? '', 'Unknown'),
      source: source('idVendor, iManufacturer'),
    },
    model: {
      id: hexNumber(identity.productId, 4),
      name: plainName(identity.product ?? identity.chip?.name ?? '', 'Adapter'),
      source: source('idProduct, iProduct'),
    },
    framings: { value: framings, source: source(framings.map((each) => CONTROL_CLASS[each]).join('; ')) },
    configuration: {
      value: configuration.value,
      source: source('bConfigurationValue of the configuration with most such interfaces'),
    },
    ports: {
      value: ports.map(portLine(ports)),
      source: source('order of the control interfaces; labels from iFunction or iInterface'),
    },
    limits: {
      ...(framings.includes('ncm') && { maxBlockBytes: blockBytes(subject.dump, ports) }),
      maxFrameBytes: frameBytes(ports),
    },
    quirks: {},
  };
}

const CONTROL_CLASS: Readonly<Record<DeviceFraming, string>> = {
  ecm: 'control interfaces of class 02/06 (ECM 1.2, 4.2)',
  ncm: 'control interfaces of class 02/0d (NCM 1.1, 4.2)',
};

const framingsOf = (ports: readonly Port[]): DeviceFraming[] =>
  (['ecm', 'ncm'] as const).filter((name) => ports.some(({ function: each }) => each.framing.toLowerCase() === name));

/** Labels must tell ports apart: what all functions call themselves is none. */
const portLine = (all: readonly Port[]) => {
  const labels = all.map(({ label }) => plainName(label, ''));
  const distinct = new Set(labels).size === labels.length && !labels.includes('');
  return ({ number }: Port, index: number) => ({
    number,
    label: distinct && all.length > 1 ? (labels[index] ?? '') : `Port ${number}`,
  });
};

function blockBytes(dump: Dump, ports: readonly Port[]): NonNullable<DeviceFile['limits']['maxBlockBytes']> {
  const answers = ports.flatMap(({ function: each }) => dump.ntbParameters?.get(each.control.interface) ?? []);
  const sizes = answers.flatMap((bytes) => [readUnsigned(bytes, 4, 4) ?? 0, readUnsigned(bytes, 16, 4) ?? 0]);
  if (sizes.length === 0)
    return {
      value: BLOCK.usual,
      source: "assumed: what Linux' f_ncm.c offers; the NTB parameters were not read (--live)",
    };
  return {
    value: Math.max(BLOCK.least, Math.min(BLOCK.most, ...sizes)),
    source: 'GET_NTB_PARAMETERS: the smaller of dwNtbInMaxSize and dwNtbOutMaxSize of all ports',
  };
}

function frameBytes(ports: readonly Port[]): DeviceFile['limits']['maxFrameBytes'] {
  const sizes = ports.map(({ function: each }) => each.segmentSize ?? 1514);
  return {
    value: Math.max(1514, Math.min(...sizes)),
    source: 'descriptors.hex: wMaxSegmentSize, the smallest of all ports',
  };
}

/** The configurations as vectors, in the form of test/wire; the device descriptor stands in a comment. */
export function descriptorsHex({ descriptors, form }: Dump): string {
  const { device, configurations } = readTree(descriptors.bytes, descriptors.assumed);
  const vectors = configurations.map(({ value, nodes }) => {
    const lines = nodes.map(({ bytes }) => `bytes: ${hexBytes(bytes)}`);
    return [`name: configuration ${value}`, ...lines].join('\n');
  });
  const guessed =
    descriptors.assumed.size > 0 ? `\n# ${descriptors.assumed.size} bytes were not in the input and are assumed.` : '';
  const header = `# What the device sent, as ${form} has it.${guessed}\n# Device descriptor: ${device ? hexBytes(device.bytes) : 'unknown'}`;
  return `${[header, ...vectors].join('\n\n')}\n`;
}
