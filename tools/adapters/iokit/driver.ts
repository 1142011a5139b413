// driver.ts — what a running driver lets a tool do, as one object that is passed in.
//
// Commands make the real one (connectDriver in connect.ts); tests hand down a fake. The counter page is memory: reading it asks
// nobody. Everything else is a call into the controller and may take as long as it takes.

import type { CaptureRing } from '../../model/client/capture-ring.ts';
import type { CounterPage } from '../../model/client/counter-page.ts';
import type { DeviceReport, News, PortReport } from '../../model/client/protocol.ts';
import type { SettingName } from '../../model/client/settings.ts';

export interface CaptureWish {
  /** Indices of ports, from 0. */
  readonly ports: readonly number[];
  /** 0: whole frames. */
  readonly snapLength: number;
  readonly ringBytes: number;
}

/** A port's index from 0, or the device as a whole. */
export type Target = number | 'device';

/** One plugged adapter whose controller has let us in. Calls throw a UserError when it refuses, or has gone. */
export interface Adapter {
  /** Registry id of the controller: another one after each plug-in. */
  readonly id: bigint;
  readonly ports: number;
  /** Whether it has been pulled out, or its driver has ended. */
  readonly gone: boolean;
  device(): Promise<DeviceReport>;
  port(index: number): Promise<PortReport>;
  /** Nanoseconds of the driver's clock, which counters and captured frames carry. */
  clock(): Promise<bigint>;
  /** Read in place, without a call. */
  counters(): CounterPage;
  /** Empty: nobody set it. */
  setting(target: Target, name: SettingName): Promise<Uint8Array>;
  changeSetting(target: Target, name: SettingName, value: Uint8Array): Promise<'now' | 'at the next plug-in'>;
  reset(index: number): Promise<void>;
  startCapture(wish: CaptureWish): Promise<CaptureRing>;
  /** The ring stays readable until `close`. */
  stopCapture(): Promise<void>;
  /** A later listener takes the place of an earlier one. The last thing it hears is that the adapter went. */
  listen(onNews: (news: News | { readonly kind: 'gone' }) => void): Promise<void>;
  /** OS interfaces by port number, as the registry has them now. */
  interfaces(): ReadonlyMap<number, string>;
  close(): void;
}

export interface Driver {
  /** The adapters that are there now: the same objects as last time, new ones connected, those that went closed. */
  adapters(): Promise<readonly Adapter[]>;
  /** Calls back when an adapter came or went; what it returns ends that. */
  watch(onChange: () => void): () => void;
  /** Lets go of everything. */
  close(): void;
}
