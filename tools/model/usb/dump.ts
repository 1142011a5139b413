// dump.ts — what is known of one device, from whatever source: bytes first, then what bytes do not say.

import type { Assumed } from './walk.ts';

export type Speed = 'low' | 'full' | 'high' | 'super' | 'super-plus';

/** One run of descriptor bytes. */
export interface Part {
  readonly bytes: Uint8Array;
  /** Offsets the input did not contain; what stands there is a guess. */
  readonly assumed: Assumed;
}

export type Lack = 'configurations' | 'endpoints' | 'class-specific' | 'companions' | 'bos' | 'rest';

/** Who holds an interface, from a system that told us. */
export interface Binding {
  readonly interface: number;
  /** The driver's name; undefined when nobody has it. */
  readonly driver?: string;
  /** `en7`, `usb0`. */
  readonly osInterface?: string;
  /** The OS interface's address, which on Linux is the device's own unless somebody changed it. */
  readonly mac?: string;
}

export interface Dump {
  /** `lsusb -v text`, `sysfs`: the form it came in. */
  readonly form: string;
  /** The file, or where the device is plugged in: how people call this dump. */
  readonly name: string;
  /** Device descriptor and every configuration, as Linux shows them in the sysfs file `descriptors`. */
  readonly descriptors: Part;
  readonly bos?: Part;
  readonly qualifier?: Part;
  readonly hub?: Part;
  /** Configurations at the other speed. */
  readonly otherSpeed?: Part;
  /** MS OS 2.0 descriptor set, read with the vendor request. */
  readonly msOs20?: Part;
  /** Answer to GET_NTB_PARAMETERS by control interface. */
  readonly ntbParameters?: ReadonlyMap<number, Uint8Array>;
  readonly strings: ReadonlyMap<number, string>;
  /** String descriptors the device was asked for and did not give. */
  readonly unreadableStrings: ReadonlySet<number>;
  readonly speed?: Speed;
  readonly activeConfiguration?: number;
  readonly preferredConfiguration?: number;
  readonly location?: { readonly bus?: number; readonly port?: string; readonly address?: number };
  readonly bindings?: readonly Binding[];
  /** Who holds the device itself. */
  readonly holder?: Omit<Binding, 'interface'>;
  /** The system the bindings are from: on macOS they are facts that replace the prediction. */
  readonly system?: 'linux' | 'macos';
  /** What this form cannot tell: its absence is no fault of the device. */
  readonly lacks?: ReadonlySet<Lack>;
  /** What this form cannot say, or what went wrong when it was read. One sentence each. */
  readonly notes: readonly string[];
}

export const NO_BYTES: Part = { bytes: new Uint8Array(), assumed: new Set() };

export const knownPart = (bytes: Uint8Array): Part => ({ bytes, assumed: new Set() });

/** A dump of plain bytes. */
export const bytesDump = (form: string, name: string, descriptors: Uint8Array): Dump => ({
  form,
  name,
  descriptors: knownPart(descriptors),
  strings: new Map(),
  unreadableStrings: new Set(),
  notes: [],
});
