// protocol.ts — what tool and controller say to each other through the user client: numbers, names, fixed reports.
//
// The C++ side is dext/core/client/protocol.h; test/wire/client holds both to the same bytes. Little endian throughout.

import { readUnsigned } from '../usb/bytes.ts';

export const CLIENT_VERSION = 1;

/** The service's user class, which is its name in the registry as well, and the type IOServiceOpen takes. */
export const SERVICE_NAME = 'MultiportController';
export const CLIENT_TYPE = 0;

export const SELECTOR = {
  version: 0,
  device: 1,
  port: 2,
  reset: 3,
  setting: 4,
  changeSetting: 5,
  capture: 6,
  listen: 7,
} as const;

export const MEMORY = { counterPage: 0, captureRing: 1 } as const;

/** In place of a port's index: the device as a whole. */
export const WHOLE_DEVICE = 0xffffffff;

export const REPORT_BYTES = 256;
export const SETTING_BYTES = 64;

export const NEWS = { link: 1, attached: 2, captureHasData: 3, settingChanged: 4 } as const;

/** One piece of news as the completion of Listen brings it: [kind, port index, a, b]. */
export type News =
  | { readonly kind: 'link'; readonly index: number; readonly up: boolean; readonly bitsPerSecond: number }
  | { readonly kind: 'attached'; readonly index: number; readonly attached: boolean }
  | { readonly kind: 'capture has data' }
  | { readonly kind: 'setting changed'; readonly index: number; readonly key: number };

/** Undefined for a kind this version does not know: later drivers may say more. */
export function readNews([kind, index = 0n, a = 0n, b = 0n]: readonly bigint[]): News | undefined {
  switch (Number(kind)) {
    case NEWS.link:
      return { kind: 'link', index: Number(index), up: a !== 0n, bitsPerSecond: Number(b) };
    case NEWS.attached:
      return { kind: 'attached', index: Number(index), attached: a !== 0n };
    case NEWS.captureHasData:
      return { kind: 'capture has data' };
    case NEWS.settingChanged:
      return { kind: 'setting changed', index: Number(index), key: Number(a) };
    default:
      return undefined;
  }
}

// DeviceReport, 256 bytes
//   0 u16 vendorId · 2 u16 productId · 4 u16 bcdDevice · 6 u16 ports · 8 u32 usbMegabits · 12 u32 locationId
//   16 u32 flags (1 denied) · 20 u32 zero · 24 char vendor[64] · 88 char product[64] · 152 char serial[64] · zero
export interface DeviceReport {
  readonly vendorId: number;
  readonly productId: number;
  readonly bcdDevice: number;
  readonly ports: number;
  readonly usbMegabits: number;
  readonly locationId: number;
  readonly denied: boolean;
  readonly vendor: string;
  readonly product: string;
  readonly serial: string;
}

/** Undefined when these bytes are no report. */
export function readDeviceReport(bytes: Uint8Array): DeviceReport | undefined {
  if (bytes.length !== REPORT_BYTES) return undefined;
  const at = (offset: number, size: number) => readUnsigned(bytes, offset, size) ?? 0;
  return {
    vendorId: at(0, 2),
    productId: at(2, 2),
    bcdDevice: at(4, 2),
    ports: at(6, 2),
    usbMegabits: at(8, 4),
    locationId: at(12, 4),
    denied: (at(16, 4) & 1) !== 0,
    vendor: readText(bytes, 24),
    product: readText(bytes, 88),
    serial: readText(bytes, 152),
  };
}

/** Flags of a PortReport and of a port's record on the counter page. */
export interface PortFlags {
  readonly attached: boolean;
  readonly enabled: boolean;
  readonly linkUp: boolean;
  readonly capturing: boolean;
  readonly denied: boolean;
}

export const readPortFlags = (flags: number): PortFlags => ({
  attached: (flags & 1) !== 0,
  enabled: (flags & 2) !== 0,
  linkUp: (flags & 4) !== 0,
  capturing: (flags & 8) !== 0,
  denied: (flags & 16) !== 0,
});

// PortReport, 256 bytes
//   0 u32 number · 4 u32 flags · 8 u64 bitsPerSecond · 16 u8 mac[6] · 22 u8 factoryMac[6] · 28 u32 maxFrameBytes
//   32 u32 transfers · 36 u32 transferBytes · 40 u32 slots · 44 u32 slotBytes · 48 u32 framing · 52 char label[64] · zero
export interface PortReport extends PortFlags {
  readonly number: number;
  readonly bitsPerSecond: number;
  readonly mac: string;
  readonly factoryMac: string;
  readonly maxFrameBytes: number;
  readonly transfers: number;
  readonly transferBytes: number;
  readonly slots: number;
  readonly slotBytes: number;
  /** 16 or 32: which NTB format the port speaks. */
  /** Bits of an NTB, 16 or 32; 0: ECM, a frame each transfer. */
  readonly framing: number;
  readonly label: string;
}

/** Undefined when these bytes are no report. */
export function readPortReport(bytes: Uint8Array): PortReport | undefined {
  if (bytes.length !== REPORT_BYTES) return undefined;
  const at = (offset: number, size: number) => readUnsigned(bytes, offset, size) ?? 0;
  return {
    number: at(0, 4),
    ...readPortFlags(at(4, 4)),
    bitsPerSecond: at(8, 4) + at(12, 4) * 2 ** 32,
    mac: macText(bytes.subarray(16, 22)),
    factoryMac: macText(bytes.subarray(22, 28)),
    maxFrameBytes: at(28, 4),
    transfers: at(32, 4),
    transferBytes: at(36, 4),
    slots: at(40, 4),
    slotBytes: at(44, 4),
    framing: at(48, 4),
    label: readText(bytes, 52),
  };
}

/** `02:00:00:00:00:01` */
export const macText = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');

const TEXT_BYTES = 64;

/** UTF-8 up to the first NUL; what is no UTF-8 becomes U+FFFD. */
function readText(bytes: Uint8Array, offset: number): string {
  const field = bytes.subarray(offset, offset + TEXT_BYTES);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}
