// fake-driver.ts — a driver without a process: its counter page and capture ring are memory of ours, written as the controller does.

import type { Adapter, CaptureWish, Driver, Target } from '../../../tools/adapters/iokit/driver.ts';
import { refusal } from '../../../tools/adapters/iokit/refusals.ts';
import { CAPTURE_RING, CaptureRing } from '../../../tools/model/client/capture-ring.ts';
import { COUNTER_PAGE, type CounterPage, readCounterPage } from '../../../tools/model/client/counter-page.ts';
import type { DeviceReport, News, PortReport } from '../../../tools/model/client/protocol.ts';
import type { SettingName } from '../../../tools/model/client/settings.ts';
import { UserError } from '../../../tools/model/user-error.ts';

export interface FakePort {
  readonly label?: string;
  readonly interface?: string;
  readonly linkUp?: boolean;
}

/** Offsets of a port's record; see counter_page.h. */
const PATH_OFFSET = {
  receivedByController: 32,
  receivedByPort: 128,
  transmittedByPort: 224,
  transmittedByController: 320,
};

export class FakeAdapter implements Adapter {
  readonly id: bigint;
  readonly report: DeviceReport;
  readonly portReports: PortReport[];
  readonly names: Map<number, string>;
  readonly calls: string[] = [];
  /** What the driver refuses, by setting. */
  readonly refuses = new Set<SettingName>();
  gone = false;
  onNews: (news: News | { readonly kind: 'gone' }) => void = () => undefined;
  readonly settings = new Map<string, Uint8Array>();
  readonly #page: ArrayBuffer;
  #ring: RingWriter | undefined;
  now = 1_000_000_000n;

  constructor(id: number, serial: string, ports: readonly FakePort[]) {
    this.id = BigInt(id);
    this.report = {
      vendorId: 0x1209,
      productId: 1,
      bcdDevice: 0x0100,
      ports: ports.length,
      usbMegabits: 5000,
      locationId: 0x14200000 + id,
      denied: false,
      vendor: 'Multiport',
      product: 'Simulated Quad',
      serial,
    };
    this.portReports = ports.map(({ label = '', linkUp = true }, index) => ({
      number: index + 1,
      attached: true,
      enabled: true,
      linkUp,
      capturing: false,
      denied: false,
      bitsPerSecond: 2_500_000_000,
      mac: `02:00:5e:10:00:0${index + 1}`,
      factoryMac: `02:00:5e:10:00:0${index + 1}`,
      maxFrameBytes: 1514,
      transfers: 8,
      transferBytes: 16384,
      slots: 8,
      slotBytes: 16384,
      framing: 16,
      label,
    }));
    this.names = new Map(
      ports.flatMap((port, index) => (port.interface ? [[index + 1, port.interface] as const] : [])),
    );
    this.#page = new ArrayBuffer(COUNTER_PAGE.headerBytes + ports.length * COUNTER_PAGE.portBytes);
    const view = new DataView(this.#page);
    [COUNTER_PAGE.magic, COUNTER_PAGE.version, ports.length, COUNTER_PAGE.portBytes].forEach((value, index) => {
      view.setUint32(index * 4, value, true);
    });
    for (let index = 0; index < ports.length; index++) this.count(index, {});
  }

  get ports(): number {
    return this.portReports.length;
  }

  /** Adds to a port's counters, and publishes them as of `now`. `drops` by place in Reason. */
  count(
    index: number,
    counts: Partial<
      Record<keyof typeof PATH_OFFSET, { frames?: number; bytes?: number; drops?: Record<number, number> }>
    >,
  ): void {
    const view = new DataView(this.#page, COUNTER_PAGE.headerBytes + index * COUNTER_PAGE.portBytes);
    const report = this.portReports[index];
    const add = (offset: number, amount: number) =>
      view.setBigUint64(offset, view.getBigUint64(offset, true) + BigInt(amount), true);
    view.setUint32(4, report?.number ?? 0, true);
    view.setUint32(8, 3 + (report?.linkUp ? 4 : 0), true);
    view.setBigUint64(16, BigInt(report?.bitsPerSecond ?? 0), true);
    view.setBigUint64(24, this.now, true);
    for (const [path, { frames = 0, bytes = 0, drops = {} }] of Object.entries(counts)) {
      const start = PATH_OFFSET[path as keyof typeof PATH_OFFSET];
      add(start, frames);
      add(start + 8, bytes);
      for (const [reason, count] of Object.entries(drops)) add(start + 32 + Number(reason) * 8, count);
    }
  }

  /** Stops in the middle of writing a record, as a controller does that is killed there. */
  stopWriting(index: number): void {
    new DataView(this.#page).setUint32(COUNTER_PAGE.headerBytes + index * COUNTER_PAGE.portBytes, 1, true);
  }

  setLink(index: number, up: boolean): void {
    const report = this.portReports[index];
    if (report) this.portReports[index] = { ...report, linkUp: up };
    this.onNews({ kind: 'link', index, up, bitsPerSecond: up ? 2_500_000_000 : 0 });
  }

  async device(): Promise<DeviceReport> {
    return this.#answer('device', this.report);
  }
  async port(index: number): Promise<PortReport> {
    const report = this.portReports[index];
    if (!report) throw new UserError('no such port', '');
    return this.#answer(`port ${index}`, report);
  }
  async clock(): Promise<bigint> {
    return this.#answer('clock', this.now);
  }
  counters(): CounterPage {
    const page = readCounterPage(this.#page);
    if (typeof page === 'string') throw new Error(page);
    return page;
  }
  async setting(target: Target, name: SettingName): Promise<Uint8Array> {
    return this.settings.get(`${target} ${name}`) ?? new Uint8Array();
  }
  async changeSetting(target: Target, name: SettingName, value: Uint8Array): Promise<'now' | 'at the next plug-in'> {
    if (this.refuses.has(name)) throw refusal(`to change ${name}`, 0xe00002c2);
    this.settings.set(`${target} ${name}`, value);
    return this.#answer(`set ${target} ${name}`, name === 'transfers' ? 'at the next plug-in' : 'now');
  }
  async reset(index: number): Promise<void> {
    this.#answer(`reset ${index}`, undefined);
  }
  async startCapture({ ports, snapLength, ringBytes }: CaptureWish): Promise<CaptureRing> {
    this.#ring = new RingWriter(ringBytes, snapLength);
    return this.#answer(`capture ${ports.join(' ')}`, CaptureRing.over(this.#ring.memory) as CaptureRing);
  }
  async stopCapture(): Promise<void> {
    this.#answer('stop capture', undefined);
  }
  async listen(onNews: (news: News | { readonly kind: 'gone' }) => void): Promise<void> {
    this.onNews = this.#answer('listen', onNews);
  }
  interfaces(): ReadonlyMap<number, string> {
    return this.names;
  }
  close(): void {
    this.#answer('close', undefined);
  }

  get ring(): RingWriter {
    if (!this.#ring) throw new Error('nobody captures');
    return this.#ring;
  }

  #answer<T>(call: string, answer: T): T {
    if (this.gone && call !== 'close') throw refusal(call, 0xe00002c0);
    this.calls.push(call);
    return answer;
  }
}

/** The controller's half of a capture ring; see capture_ring.h. */
export class RingWriter {
  readonly memory: ArrayBuffer;
  readonly #header: DataView;
  readonly #data: Uint8Array;
  #tail = 0n;
  captured = 0;
  lost = 0;

  constructor(dataBytes: number, snapLength: number) {
    this.memory = new ArrayBuffer(CAPTURE_RING.headerBytes + dataBytes);
    this.#header = new DataView(this.memory);
    this.#data = new Uint8Array(this.memory, CAPTURE_RING.headerBytes);
    [CAPTURE_RING.magic, CAPTURE_RING.version, dataBytes, snapLength].forEach((value, index) => {
      this.#header.setUint32(index * 4, value, true);
    });
  }

  /** One frame, published; true when the tool wants to be told. */
  add(port: number, direction: 0 | 1, frame: Uint8Array, nanoseconds: bigint): boolean {
    const size = Math.ceil((CAPTURE_RING.recordHeaderBytes + frame.length) / 8) * 8;
    const toEnd = this.#data.length - Number(this.#tail % BigInt(this.#data.length));
    const filler = size > toEnd ? toEnd : 0;
    const room = this.#data.length - Number(this.#tail - this.#header.getBigUint64(128, true));
    if (size + filler > room) this.lost++;
    else {
      if (filler > 0) this.#put(filler, [filler, 0xffffffff], 0n, new Uint8Array());
      this.#put(size, [size, frame.length, frame.length, port | (direction << 16)], nanoseconds, frame);
      this.captured++;
    }
    this.#header.setBigUint64(80, BigInt(this.lost), true);
    this.#header.setBigUint64(72, BigInt(this.captured), true);
    this.#header.setBigUint64(64, this.#tail, true);
    return Atomics.exchange(new Int32Array(this.memory, 136, 1), 0, 0) !== 0;
  }

  #put(size: number, words: readonly number[], nanoseconds: bigint, frame: Uint8Array): void {
    const at = Number(this.#tail % BigInt(this.#data.length));
    const view = new DataView(this.memory, CAPTURE_RING.headerBytes + at, size);
    for (const [index, word] of words.entries()) view.setUint32(index * 4, word, true);
    if (words.length > 2) {
      view.setBigUint64(16, nanoseconds, true);
      view.setBigUint64(24, BigInt(this.lost), true);
      this.#data.set(frame, at + CAPTURE_RING.recordHeaderBytes);
    }
    this.#tail += BigInt(size);
  }
}

export class FakeDriver implements Driver {
  present: FakeAdapter[];
  closed = false;
  onChange: () => void = () => undefined;

  constructor(...adapters: FakeAdapter[]) {
    this.present = adapters;
  }
  async adapters(): Promise<readonly Adapter[]> {
    return [...this.present];
  }
  watch(onChange: () => void): () => void {
    this.onChange = onChange;
    return () => {
      this.onChange = () => undefined;
    };
  }
  plug(adapter: FakeAdapter): void {
    this.present.push(adapter);
    this.onChange();
  }
  unplug(adapter: FakeAdapter): void {
    this.present = this.present.filter((one) => one !== adapter);
    adapter.gone = true;
    adapter.onNews({ kind: 'gone' });
    this.onChange();
  }
  close(): void {
    this.closed = true;
  }
}
