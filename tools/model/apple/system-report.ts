// system-report.ts — the output of `system_profiler -json` in, this Mac's identity and its USB devices out.

import { UserError } from '../user-error.ts';

export interface MacHardware {
  readonly model: string | undefined;
  readonly chip: string | undefined;
  /** What a provisioning profile must list: the Provisioning UDID, on Intel the Hardware UUID. */
  readonly provisioningId: string | undefined;
}

/** `SPHardwareDataType`. On Apple silicon the Hardware UUID is the wrong one; people register it again and again. */
export function parseHardware(json: string): MacHardware {
  const hardware = asList(root(json).SPHardwareDataType)[0] ?? {};
  return {
    model: text(hardware.machine_name),
    chip: text(hardware.chip_type) ?? text(hardware.cpu_type),
    provisioningId: text(hardware.provisioning_UDID) ?? text(hardware.platform_UUID),
  };
}

export interface AttachedDevice {
  readonly name: string;
  readonly vendorId: number | undefined;
  readonly productId: number | undefined;
  readonly vendor: string | undefined;
  readonly serial: string | undefined;
  readonly location: string | undefined;
  readonly speed: string | undefined;
}

/** `SPUSBDataType` (to macOS 15) and `SPUSBHostDataType` (from 26, where the former is empty): hubs and devices, not buses. */
export function parseUsbDevices(json: string): readonly AttachedDevice[] {
  const report = root(json);
  return [...asList(report.SPUSBDataType), ...asList(report.SPUSBHostDataType)].flatMap((item) => devicesBelow(item));
}

const MAX_DEPTH = 16; // USB allows seven tiers

function devicesBelow(item: Item, depth = 0): AttachedDevice[] {
  if (depth > MAX_DEPTH) return [];
  const below = asList(item._items).flatMap((child) => devicesBelow(child, depth + 1));
  const device = readDevice(item);
  return device.vendorId === undefined && device.productId === undefined ? below : [device, ...below];
}

function readDevice(item: Item): AttachedDevice {
  return {
    name: text(item._name)?.trim() ?? '',
    vendorId: text(item.vendor_id) === 'apple_vendor_id' ? 0x05ac : number(item.vendor_id ?? item.USBDeviceKeyVendorID),
    productId: number(item.product_id ?? item.USBDeviceKeyProductID),
    vendor: text(item.manufacturer ?? item.USBDeviceKeyVendorName)?.trim(),
    serial: text(item.serial_num ?? item.USBDeviceKeySerialNumber),
    location: text(item.location_id ?? item.USBKeyLocationID)?.split(' ')[0],
    speed: text(item.device_speed ?? item.USBDeviceKeyLinkSpeed),
  };
}

type Item = Readonly<Record<string, unknown>>;

const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null && !Array.isArray(value);
const asList = (value: unknown): readonly Item[] => (Array.isArray(value) ? value.filter(isItem) : []);
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
/** "0x05c6  (Qualcomm, Inc)" */
const number = (value: unknown) => {
  const digits = /^0x(?<digits>[0-9a-f]+)/i.exec(text(value) ?? '')?.groups?.digits;
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
};

function root(json: string): Item {
  try {
    const value: unknown = JSON.parse(json);
    return isItem(value) ? value : {};
  } catch {
    throw new UserError(
      'system_profiler printed no JSON',
      'Run system_profiler -json SPHardwareDataType and look at it.',
    );
  }
}
