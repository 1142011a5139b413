// umockdev.ts — a device description of umockdev-record in, dumps out. Its `H: descriptors=` lines are sysfs' own bytes.

import type { Binding, Dump } from '../dump.ts';
import { knownPart } from '../dump.ts';
import { numberIn } from '../node.ts';
import { readTree } from '../tree.ts';
import { parseHex } from './hex.ts';
import { readSpeed } from './speed.ts';

export const isUmockdev = (text: string) => /^P: \/devices\//m.test(text);

interface Block {
  readonly path: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly links: ReadonlyMap<string, string>;
  readonly binaries: ReadonlyMap<string, Uint8Array>;
}

export function parseUmockdev(text: string, name: string): Dump[] {
  const blocks = text.split(/\r?\n(?=P: )/).map(readBlock);
  return blocks.filter(({ binaries }) => binaries.has('descriptors')).map((block) => toDump(block, blocks, name));
}

function readBlock(text: string): Block {
  const attributes = new Map<string, string>();
  const links = new Map<string, string>();
  const binaries = new Map<string, Uint8Array>();
  for (const [, kind, key = '', value = ''] of text.matchAll(/^([AHL]): ([^=\n]+)=(.*)$/gm)) {
    if (kind === 'A') attributes.set(key, value.replace(/\\n/g, '').trim());
    else if (kind === 'L') links.set(key, value);
    else binaries.set(key, parseHex(value) ?? new Uint8Array());
  }
  return { path: /^P: (\S+)/.exec(text)?.[1] ?? '', attributes, links, binaries };
}

function toDump({ path, attributes, binaries }: Block, blocks: readonly Block[], name: string): Dump {
  const descriptors = binaries.get('descriptors') ?? new Uint8Array();
  const bos = binaries.get('bos_descriptors');
  const port = path.slice(path.lastIndexOf('/') + 1);
  const speed = readSpeed(attributes.get('speed'));
  const number = (key: string) => (/^\d+$/.test(attributes.get(key) ?? '') ? Number(attributes.get(key)) : undefined);
  const [bus, address, active] = [number('busnum'), number('devnum'), number('bConfigurationValue')];
  return {
    form: 'umockdev file',
    name,
    descriptors: knownPart(descriptors),
    ...(bos && { bos: knownPart(bos) }),
    strings: stringsOf(descriptors, attributes),
    unreadableStrings: new Set(),
    ...(speed && { speed }),
    location: { port, ...(bus !== undefined && { bus }), ...(address !== undefined && { address }) },
    ...(active !== undefined && { activeConfiguration: active }),
    bindings: bindingsOf(path, blocks),
    system: 'linux',
    notes: [],
  };
}

/** Sysfs knows three strings by name; the device descriptor says which indexes they have. */
export function stringsOf(descriptors: Uint8Array, attributes: ReadonlyMap<string, string>): Map<number, string> {
  const { device } = readTree(descriptors.subarray(0, 18));
  const strings = new Map<number, string>();
  if (!device) return strings;
  for (const [field, attribute] of [
    ['iManufacturer', 'manufacturer'],
    ['iProduct', 'product'],
    ['iSerial', 'serial'],
  ] as const) {
    const text = attributes.get(attribute);
    if (text && numberIn(device, field) > 0) strings.set(numberIn(device, field), text);
  }
  return strings;
}

function bindingsOf(path: string, blocks: readonly Block[]): Binding[] {
  return blocks
    .filter((block) => block.path.startsWith(`${path}/`) && block.attributes.has('bInterfaceNumber'))
    .filter((block) => block.path.slice(path.length + 1).split('/').length === 1)
    .map((block) => {
      const driver = block.links.get('driver')?.split('/').at(-1);
      const net = blocks.find((other) => other.path.startsWith(`${block.path}/net/`));
      const mac = net?.attributes.get('address');
      return {
        interface: Number.parseInt(block.attributes.get('bInterfaceNumber') ?? '0', 16),
        ...(driver && { driver }),
        ...(net && { osInterface: net.path.split('/').at(-1) ?? '' }),
        ...(mac && { mac }),
      };
    });
}
