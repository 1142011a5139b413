// cyme.ts — the JSON of `cyme --json` in, dumps out: parsed descriptors without their class-specific parts.

import type { Binding, Dump } from '../dump.ts';
import {
  type PartialConfiguration,
  type PartialInterface,
  partialDescriptors,
  type Told,
  versionNumber,
} from './partial.ts';
import { readSpeed } from './speed.ts';

type Json = Readonly<Record<string, unknown>>;

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const number = (value: unknown) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

/** Undefined when the JSON is not cyme's. */
export function readCyme(value: unknown, name: string): Dump[] | undefined {
  const tops = Array.isArray(value) ? value : list(object(value).buses);
  const devices = tops.flatMap((top) => [...devicesOf(object(top), 0)]);
  return devices.length > 0 ? devices.map((device) => toDump(device, name)) : undefined;
}

/** Deeper than USB's seven tiers nothing can be. */
const DEEPEST = 16;

function* devicesOf(node: Json, depth: number): Generator<Json> {
  if (depth > DEEPEST) return;
  if (number(node.vendor_id) !== undefined && node.location_id !== undefined) yield node;
  for (const child of list(node.devices)) yield* devicesOf(object(child), depth + 1);
}

const CLASSES: Readonly<Record<string, number>> = {
  'use-interface-descriptor': 0x00,
  audio: 0x01,
  'cdc-communications': 0x02,
  'cdc-control': 0x02,
  hid: 0x03,
  'h-i-d': 0x03,
  physical: 0x05,
  image: 0x06,
  printer: 0x07,
  'mass-storage': 0x08,
  hub: 0x09,
  'cdc-data': 0x0a,
  'c-d-c-data': 0x0a,
  'smart-card': 0x0b,
  'content-security': 0x0d,
  video: 0x0e,
  'personal-healthcare': 0x0f,
  'audio-video': 0x10,
  billboard: 0x11,
  'diagnostic-device': 0xdc,
  'wireless-controller': 0xe0,
  miscellaneous: 0xef,
  'application-specific-interface': 0xfe,
  'vendor-specific-class': 0xff,
};
/**
 * cyme reads the tens of a version's major part as decimal and prints the sum in hex: bcdDevice 0x3104 comes out as `1f.04`
 * (src/usb.rs, Version::from_bcd and Display). What it only passes on from system_profiler, without `extra`, it leaves alone.
 */
function versionOf(value: unknown, isOwn: boolean): number | undefined {
  const told = versionNumber(typeof value === 'number' ? value.toFixed(2) : text(value));
  if (told === undefined || !isOwn) return told;
  const major = told >> 8;
  return major > 0xff ? told : (Math.floor(major / 10) * 16 + (major % 10)) * 256 + (told & 0xff);
}
const classOf = (value: unknown) => number(value) ?? CLASSES[(text(value) ?? '').toLowerCase()];

function toDump(device: Json, name: string): Dump {
  const extra = object(device.extra);
  const isOwn = Object.keys(extra).length > 0;
  const strings = new Map<number, string>();
  const [product, manufacturer, serial] = list(extra.string_indexes).map(number);
  const put = (index: number | undefined, value: unknown) => {
    const found = text(value);
    if (index && found) strings.set(index, found);
    return index;
  };
  const told = {
    bcdUSB: versionOf(device.bcd_usb, isOwn),
    bDeviceClass: classOf(device.class),
    bDeviceSubClass: number(device.sub_class),
    bDeviceProtocol: number(device.protocol),
    bMaxPacketSize0: number(extra.max_packet_size),
    idVendor: number(device.vendor_id),
    idProduct: number(device.product_id),
    bcdDevice: versionOf(device.bcd_device, isOwn),
    iManufacturer: put(manufacturer ?? 1, device.manufacturer),
    iProduct: put(product ?? 2, device.name),
    iSerial: put(serial ?? 3, device.serial_num),
    bNumConfigurations: list(extra.configurations).length || undefined,
  };
  const usb3 = (told.bcdUSB ?? 0) >= 0x0300;
  const configurations = list(extra.configurations).map((each) => configurationOf(object(each), put, usb3));
  const speed = readSpeed(text(device.device_speed) ?? text(object(device.device_speed).description));
  return {
    form: 'cyme JSON',
    name,
    descriptors: partialDescriptors(told, configurations),
    strings,
    unreadableStrings: new Set(),
    ...(speed && { speed }),
    location: locationOf(object(device.location_id)),
    bindings: bindingsOf(extra),
    lacks: new Set(['class-specific', 'companions']),
    notes: ["cyme's JSON has no class-specific descriptors: MAC addresses and frame sizes are unknown."],
  };
}

function locationOf({ bus, number: address, tree_positions: positions }: Json): NonNullable<Dump['location']> {
  const ports = list(positions)
    .map(number)
    .filter((each) => each !== undefined);
  const [on, at] = [number(bus), number(address)];
  return {
    ...(on !== undefined && { bus: on, port: ports.length > 0 ? `${on}-${ports.join('.')}` : `${on}` }),
    ...(at !== undefined && { address: at }),
  };
}

type Put = (index: number | undefined, value: unknown) => number | undefined;

function configurationOf(node: Json, put: Put, usb3: boolean): PartialConfiguration {
  const attributes = list(node.attributes).map(String);
  const power = number(object(node.max_power).value);
  const interfaces = list(node.interfaces).map((each) => interfaceOf(object(each), put));
  return {
    told: {
      bNumInterfaces: new Set(interfaces.map(({ told }) => told.bInterfaceNumber)).size,
      bConfigurationValue: number(node.number),
      iConfiguration: put(number(node.string_index), node.name),
      bmAttributes:
        0x80 |
        (attributes.some((each) => /self/i.test(each)) ? 0x40 : 0) |
        (attributes.some((each) => /remote/i.test(each)) ? 0x20 : 0),
      bMaxPower: power === undefined ? undefined : Math.min(255, Math.floor(power / (usb3 && power % 8 === 0 ? 8 : 2))),
    },
    interfaces,
  };
}

function interfaceOf(node: Json, put: Put): PartialInterface {
  const endpoints = list(node.endpoints).map((each) => endpointOf(object(each)));
  const told = {
    bInterfaceNumber: number(node.number),
    bAlternateSetting: number(node.alt_setting),
    bNumEndpoints: endpoints.length,
    bInterfaceClass: classOf(node.class),
    bInterfaceSubClass: number(node.sub_class),
    bInterfaceProtocol: number(node.protocol),
    iInterface: put(number(node.string_index), node.name),
  };
  return { told, endpoints };
}

const position = (names: readonly string[], value: unknown) => {
  const found = names.indexOf((text(value) ?? '').toLowerCase().replaceAll(/[-_ ]/g, ''));
  return found < 0 ? undefined : found;
};

function endpointOf(node: Json): Told {
  const type = position(['control', 'isochronous', 'bulk', 'interrupt'], node.transfer_type);
  const synchronisation = position(['none', 'asynchronous', 'adaptive', 'synchronous'], node.sync_type) ?? 0;
  return {
    bEndpointAddress: number(object(node.address).address),
    bmAttributes: type === undefined ? undefined : type | (type === 1 ? synchronisation << 2 : 0),
    wMaxPacketSize: number(node.max_packet_size),
    bInterval: number(node.interval),
  };
}

const bindingsOf = (extra: Json): Binding[] =>
  list(extra.configurations)
    .flatMap((each) => list(object(each).interfaces))
    .map(object)
    .flatMap((each) => {
      const [driver, held] = [text(each.driver), number(each.number)];
      return driver && held !== undefined ? [{ interface: held, driver }] : [];
    });
