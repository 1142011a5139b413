// adapter.ts — a connection to a controller in, the adapter as tools know it out.

import { CaptureRing } from '../../model/client/capture-ring.ts';
import { type CounterPage, readCounterPage } from '../../model/client/counter-page.ts';
import {
  CLIENT_VERSION,
  type DeviceReport,
  MEMORY,
  type News,
  type PortReport,
  REPORT_BYTES,
  readDeviceReport,
  readNews,
  readPortReport,
  SELECTOR,
  SETTING_BYTES,
  WHOLE_DEVICE,
} from '../../model/client/protocol.ts';
import { KEY, type SettingName } from '../../model/client/settings.ts';
import { UserError } from '../../model/user-error.ts';
import type { Connection } from './connection.ts';
import type { Adapter, CaptureWish, Target } from './driver.ts';
import { refusal } from './refusals.ts';

const MOST_PORTS = 64;
const NO_DEVICE = 0xe00002c0; // kIOReturnNoDevice

type Listener = (news: News | { readonly kind: 'gone' }) => void;

export class ConnectedAdapter implements Adapter {
  readonly id: bigint;
  readonly ports: number;
  readonly #connection: Connection;
  readonly #page: ArrayBuffer;
  readonly #interfaces: () => ReadonlyMap<number, string>;
  #onNews: Listener = () => undefined;
  #state: 'there' | 'gone' | 'closed' = 'there';

  private constructor(
    id: bigint,
    ports: number,
    connection: Connection,
    page: ArrayBuffer,
    interfaces: () => ReadonlyMap<number, string>,
  ) {
    this.id = id;
    this.ports = ports;
    this.#connection = connection;
    this.#page = page;
    this.#interfaces = interfaces;
  }

  /** Agrees on a version and maps the counter page. The connection is this adapter's from now on, also when this throws. */
  static async over(
    id: bigint,
    connection: Connection,
    interfaces: () => ReadonlyMap<number, string>,
  ): Promise<ConnectedAdapter> {
    try {
      const { scalars } = await versionOf(connection);
      const ports = Math.min(Number(scalars[1] ?? 0n), MOST_PORTS);
      const page = await connection.map('to show its counters', MEMORY.counterPage);
      return new ConnectedAdapter(id, ports, connection, page, interfaces);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  get gone(): boolean {
    return this.#state !== 'there';
  }

  async device(): Promise<DeviceReport> {
    const what = 'to describe the device';
    const { bytes } = await this.#connection.call({ what, selector: SELECTOR.device, bytesOut: REPORT_BYTES });
    return understood(what, readDeviceReport(bytes));
  }

  async port(index: number): Promise<PortReport> {
    const what = 'to describe a port';
    const { bytes } = await this.#connection.call({
      what,
      selector: SELECTOR.port,
      scalars: [index],
      bytesOut: REPORT_BYTES,
    });
    return understood(what, readPortReport(bytes));
  }

  async clock(): Promise<bigint> {
    const { scalars } = await versionOf(this.#connection);
    return scalars[2] ?? 0n;
  }

  counters(): CounterPage {
    if (this.#state === 'closed') throw refusal('to show its counters', NO_DEVICE);
    const page = readCounterPage(this.#page);
    return understood('to show its counters', typeof page === 'string' ? undefined : page);
  }

  async setting(target: Target, name: SettingName): Promise<Uint8Array> {
    const { bytes } = await this.#connection.call({
      what: `to tell ${name}`,
      selector: SELECTOR.setting,
      scalars: [indexOf(target), KEY[name]],
      bytesOut: SETTING_BYTES,
    });
    return bytes;
  }

  async changeSetting(target: Target, name: SettingName, value: Uint8Array): Promise<'now' | 'at the next plug-in'> {
    const { scalars } = await this.#connection.call({
      what: `to change ${name}`,
      selector: SELECTOR.changeSetting,
      scalars: [indexOf(target), KEY[name]],
      bytes: value,
      scalarsOut: 1,
    });
    return scalars[0] === 0n ? 'now' : 'at the next plug-in';
  }

  async reset(index: number): Promise<void> {
    await this.#connection.call({ what: 'to reset the port', selector: SELECTOR.reset, scalars: [index] });
  }

  async startCapture({ ports, snapLength, ringBytes }: CaptureWish): Promise<CaptureRing> {
    const mask = ports.reduce((bits, index) => bits | (1n << BigInt(index)), 0n);
    await this.#capture(mask, snapLength, ringBytes);
    const ring = CaptureRing.over(await this.#connection.map('to share its capture', MEMORY.captureRing));
    return understood('to share its capture', typeof ring === 'string' ? undefined : ring);
  }

  async stopCapture(): Promise<void> {
    await this.#capture(0n, 0, 0);
  }

  async #capture(mask: bigint, snapLength: number, ringBytes: number): Promise<void> {
    const scalars = [mask, snapLength, ringBytes];
    await this.#connection.call({ what: 'to capture', selector: SELECTOR.capture, scalars });
  }

  async listen(onNews: Listener): Promise<void> {
    this.#onNews = onNews;
    await this.#connection.listen('to send news', SELECTOR.listen, (args) => {
      const news = readNews(args);
      if (news) this.#onNews(news);
    });
  }

  interfaces(): ReadonlyMap<number, string> {
    return this.gone ? new Map() : this.#interfaces();
  }

  /** Its service has been terminated: the memory stays as it was last, calls are refused by IOKit. */
  markGone(): void {
    if (this.#state !== 'there') return;
    this.#state = 'gone';
    this.#onNews({ kind: 'gone' });
  }

  close(): void {
    this.#state = 'closed';
    this.#connection.close();
  }
}

const versionOf = (connection: Connection) =>
  connection.call({
    what: 'to agree on a version',
    selector: SELECTOR.version,
    scalars: [CLIENT_VERSION],
    scalarsOut: 4,
  });

const indexOf = (target: Target) => (target === 'device' ? WHOLE_DEVICE : target);

/** Drivers are outside: what they send is checked, and one that sends nonsense is told of by name. */
function understood<T>(what: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new UserError(
    `The driver was asked ${what} and answered with something this tool cannot read`,
    'Tool and driver are of different versions: install the driver that belongs to this tool.',
  );
}
