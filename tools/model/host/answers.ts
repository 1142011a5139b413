/** What the control socket's requests answer with; dext/host/kernel/README.md is where they are defined. */

export interface Ready {
  readonly control: string;
  readonly pid: number;
  /** The namespace the OS interfaces are in, as a path under /proc. */
  readonly netns: string;
}

export interface Adapter {
  readonly device: number;
  readonly location: string;
  /** Of simulated adapters. */
  readonly ports?: number;
  /** Of real devices. */
  readonly product?: string;
  /** Of exported adapters: what `usbip attach -b` takes. */
  readonly busId?: string;
  readonly serial: string;
  readonly speed: 'low' | 'full' | 'high' | 'super';
}

/** How a port of a simulated adapter carries its frames. */
export type FunctionFraming = 'ncm' | 'ecm';

/** What a simulated adapter itself knows of one of its ports. */
export interface Jack {
  readonly port: number;
  readonly framing: FunctionFraming;
  readonly link: boolean;
  readonly mac: string;
  /** bmPacketFilter of ECM 1.2, table 8. */
  readonly filter: number;
  readonly multicast: readonly string[];
  readonly maxDatagram: number;
  readonly counters: Readonly<Record<string, number>>;
  /** What the TAP at the cable's other end counted; null when there is none. */
  readonly far: Readonly<Record<string, number>> | null;
}

export interface HostInterface {
  readonly name: string;
  readonly mac: string;
  /** Registry id of the Ethernet instance. */
  readonly service: number;
  readonly port: number;
  readonly enabled: boolean;
  readonly link: boolean;
  readonly bitsPerSecond: number;
  readonly mtu: number;
  readonly promiscuous: boolean;
  readonly counters: Readonly<Record<string, number>>;
}

export interface Server {
  readonly pid: number;
  readonly name: string;
  readonly tag: number;
  readonly checkedIn: boolean;
  readonly services: readonly number[];
}

export interface LogLine {
  readonly sequence: number;
  readonly seconds: number;
  readonly source: string;
  readonly rule: string;
  readonly text: string;
}

/** Where a port's cable leads: the built-in station, nowhere, another port, or a TAP in a namespace. */
export type Cable = 'station' | 'none' | { readonly port: number } | { readonly tap: string; readonly netns: string };
