// ioreg.ts — services of macOS' registry in, dumps out: no descriptor bytes, but the fact of who drives what.

import { asNumber, asText, type Dictionary } from '../../apple/property-list-values.ts';
import { type RegistryEntry, walk } from '../../apple/registry-tree.ts';
import type { Binding, Dump, Lack, Speed } from '../dump.ts';
import { locationOf } from '../location.ts';
import { type PartialInterface, partialDescriptors, type Told } from './partial.ts';

const isInterface = ({ className }: RegistryEntry) => /^IOUSB(Host)?Interface$/.test(className);
const isDevice = ({ className, properties }: RegistryEntry) =>
  /^IOUSB(Host)?Device$/.test(className) && asNumber(properties.idVendor) !== undefined;

/** One dump for each USB device in the trees; a driver that was listed without its device gives the little it knows. */
export function readIoreg(entries: readonly RegistryEntry[], name: string): Dump[] {
  const devices = [...walk(entries)].filter(isDevice);
  if (devices.length > 0) return devices.map((device) => deviceDump(device, name));
  return entries
    .filter(({ properties }) => asNumber(properties.idVendor) !== undefined)
    .map((driver) => driverDump(driver, name));
}

/** Everything below `device` that is not below another device. */
function* ownEntries(device: RegistryEntry): Generator<RegistryEntry> {
  for (const child of device.children) {
    if (isDevice(child)) continue;
    yield child;
    yield* ownEntries(child);
  }
}

function deviceDump(device: RegistryEntry, name: string): Dump {
  const { properties } = device;
  const interfaces = [...ownEntries(device)].filter(isInterface);
  const active = asNumber(properties.kUSBCurrentConfiguration);
  const preferred = asNumber(properties.kUSBPreferredConfiguration);
  const strings = new Map<number, string>();
  const holder = heldBy(device);
  return {
    ...common(properties, name),
    descriptors: partialDescriptors(
      deviceFields(device, strings),
      [
        {
          told: { bNumInterfaces: countNumbers(interfaces), bConfigurationValue: active ?? 1 },
          interfaces: interfaces.map((each) => interfaceFields(each, strings)),
        },
      ].filter(({ interfaces: all }) => all.length > 0),
    ),
    strings,
    ...(active !== undefined && { activeConfiguration: active }),
    ...(preferred !== undefined && { preferredConfiguration: preferred }),
    ...(holder && { holder }),
    bindings: interfaces.map(bindingOf),
    notes: ['The registry has no descriptor bytes: endpoints and class-specific descriptors are unknown.'],
  };
}

const countNumbers = (interfaces: readonly RegistryEntry[]) => new Set(interfaces.map(numberOf)).size;

/** Pasted trees often have no properties; the number then stands in the name: `NCM Control@2`. */
function numberOf({ properties, name }: RegistryEntry): number | undefined {
  const at = /@([0-9a-f]{1,2})$/i.exec(name)?.[1];
  return asNumber(properties.bInterfaceNumber) ?? (at === undefined ? undefined : Number.parseInt(at, 16));
}

const common = (properties: Dictionary, name: string) => {
  const speed = speedOf(properties);
  const location = asNumber(properties.locationID);
  return {
    form: 'ioreg',
    name,
    unreadableStrings: new Set<number>(),
    ...(speed && { speed }),
    ...(location !== undefined && { location: locationOf(location) }),
    system: 'macos',
    lacks: new Set<Lack>(['configurations', 'endpoints', 'class-specific', 'companions']),
  } as const;
};

const SPEEDS: readonly Speed[] = ['low', 'full', 'high', 'super', 'super-plus', 'super-plus'];
/** kUSBHostConnectionSpeed counts differently from the older "Device Speed". */
const HOST_SPEEDS: readonly (Speed | undefined)[] = [
  undefined,
  'full',
  'low',
  'high',
  'super',
  'super-plus',
  'super-plus',
];

function speedOf(properties: Dictionary): Speed | undefined {
  const old = asNumber(properties['Device Speed']);
  const current = asNumber(properties.USBSpeed);
  return old !== undefined ? SPEEDS[old] : current !== undefined ? HOST_SPEEDS[current] : undefined;
}

function deviceFields({ properties, name }: RegistryEntry, strings: Map<number, string>): Told {
  const text = (index: string, ...keys: readonly string[]) => {
    const found = keys.map((key) => asText(properties[key])).find((each) => each !== undefined);
    const number = asNumber(properties[index]) ?? (found === undefined ? undefined : strings.size + 1);
    if (found !== undefined && number) strings.set(number, found);
    return number;
  };
  const number = (key: string) => asNumber(properties[key]);
  return {
    bcdUSB: number('bcdUSB'),
    bDeviceClass: number('bDeviceClass'),
    bDeviceSubClass: number('bDeviceSubClass'),
    bDeviceProtocol: number('bDeviceProtocol'),
    bMaxPacketSize0: number('bMaxPacketSize0'),
    idVendor: number('idVendor'),
    idProduct: number('idProduct'),
    bcdDevice: number('bcdDevice'),
    iManufacturer: text('iManufacturer', 'kUSBVendorString', 'USB Vendor Name'),
    iProduct: text('iProduct', 'kUSBProductString', 'USB Product Name') ?? named(strings, name),
    iSerial: text('iSerialNumber', 'kUSBSerialNumberString', 'USB Serial Number'),
    bNumConfigurations: number('bNumConfigurations'),
  };
}

/** The registry calls a device by its product string: `Baiwang@00100000`. */
function named(strings: Map<number, string>, name: string): number | undefined {
  const plain = name.replace(/@[0-9a-f]+$/i, '');
  if (plain === '') return undefined;
  const index = Math.max(0, ...strings.keys()) + 1;
  strings.set(index, plain);
  return index;
}

function interfaceFields(entry: RegistryEntry, strings: Map<number, string>): PartialInterface {
  const { properties, name } = entry;
  const number = (key: string) => asNumber(properties[key]);
  const label = asText(properties.kUSBString) ?? name.replace(/@[0-9a-f]+$/i, '');
  const index = number('iInterface') ?? (/^IOUSB(Host)?Interface$/.test(label) ? 0 : named(strings, label));
  if (index) strings.set(index, label);
  const told = {
    bInterfaceNumber: numberOf(entry),
    bAlternateSetting: number('bAlternateSetting'),
    bNumEndpoints: number('bNumEndpoints'),
    bInterfaceClass: number('bInterfaceClass'),
    bInterfaceSubClass: number('bInterfaceSubClass'),
    bInterfaceProtocol: number('bInterfaceProtocol'),
    iInterface: index,
  };
  return { told, endpoints: [] };
}

/** User clients and the composite driver's helpers sit beside the driver, but drive nothing. */
const isDriver = ({ className, name }: RegistryEntry) =>
  !/UserClient|Pipe$|LegacyClient|^IOUSBHostInterface|^IOUSBInterface/.test(`${className} ${name}`);

const plainName = ({ name }: RegistryEntry) => name.replace(/@[0-9a-f]+$/i, '');
const driversOf = (entry: RegistryEntry) =>
  entry.children.filter((child) => !isDevice(child) && !isInterface(child) && isDriver(child));

const osInterfaceOf = (entries: readonly RegistryEntry[]) =>
  [...walk(entries)].map(({ properties }) => asText(properties['BSD Name'])).find((name) => name !== undefined);

function bindingOf(entry: RegistryEntry): Binding {
  const [driver] = driversOf(entry);
  const bsd = osInterfaceOf(entry.children);
  return {
    interface: numberOf(entry) ?? 0,
    ...(driver && { driver: plainName(driver) }),
    ...(bsd !== undefined && { osInterface: bsd }),
  };
}

/** Whoever sits on the device itself; of several, as pasted without the interfaces between, the one that made an OS interface. */
function heldBy(device: RegistryEntry): Dump['holder'] {
  const drivers = driversOf(device);
  const network = drivers.find((each) => osInterfaceOf(each.children) !== undefined);
  const driver = network ?? drivers[0];
  const bsd = network && osInterfaceOf(network.children);
  return driver && { driver: plainName(driver), ...(bsd !== undefined && { osInterface: bsd }) };
}

/** `ioreg -c SomeDriver`: the driver's own properties name the interface it took. */
function driverDump({ properties, name: driver, children }: RegistryEntry, name: string): Dump {
  const number = (key: string) => asNumber(properties[key]);
  const active = number('bConfigurationValue');
  const held = number('bInterfaceNumber');
  const bsd = osInterfaceOf(children);
  const binding = { interface: held ?? 0, driver, ...(bsd !== undefined && { osInterface: bsd }) };
  return {
    ...common(properties, name),
    descriptors: partialDescriptors(
      { idVendor: number('idVendor'), idProduct: number('idProduct'), bcdDevice: number('bcdDevice') },
      [],
    ),
    strings: new Map(),
    ...(active !== undefined && { activeConfiguration: active }),
    ...(held === undefined ? { holder: binding } : { bindings: [binding] }),
    notes: ['This is the registry entry of a driver: of the device only the ids are known.'],
  };
}
