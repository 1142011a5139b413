// capture.ts — chosen ports in, a capture file in the pcapng format out, block by block, until somebody or something ends it.
//
// Each adapter has one ring for all its ports. A frame the ring had no room for is counted by the driver, not named: it is said with
// the next frame that came through, whichever port that is of. The sum is exact.

import type { Adapter } from '../../adapters/iokit/driver.ts';
import type { CapturedFrame, CaptureRing } from '../../model/client/capture-ring.ts';
import { enhancedPacket, interfaceDescription, interfaceStatistics, sectionHeader } from '../../model/pcapng/blocks.ts';
import { joinBytes } from '../../model/usb/bytes.ts';
import { UserError } from '../../model/user-error.ts';
import { type ChosenPort, exactName } from './choose-ports.ts';

export interface CaptureOptions {
  readonly ports: readonly ChosenPort[];
  readonly snapLength: number;
  readonly ringBytes: number;
  /** Frames after which it ends. */
  readonly most: number;
  /** Nanoseconds since 1970. */
  readonly now: () => bigint;
  readonly signal: AbortSignal;
  /** Settles when more may be written. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
}

export interface Captured {
  readonly frames: number;
  readonly lost: number;
  /** Why it ended before anybody wanted it to, in words. */
  readonly trouble: string | undefined;
}

/** Frames taken from a ring before the file gets them. */
const BATCH = 1024;

export async function capture(options: CaptureOptions): Promise<Captured> {
  await options.write(
    joinBytes([sectionHeader('Multiport tools/ports'), ...options.ports.map((each) => describe(each, options))]),
  );
  const adapters = [...new Set(options.ports.map(({ view }) => view.adapter))];
  const file = new CaptureFile(options);
  const ended = new AbortController();
  const end = () => ended.abort();
  options.signal.addEventListener('abort', end);
  if (options.signal.aborted) end();
  try {
    await Promise.all(adapters.map((adapter) => follow(adapter, options, file, ended).finally(end)));
  } finally {
    options.signal.removeEventListener('abort', end);
  }
  await options.write(file.statistics());
  return file;
}

const describe = ({ view, port }: ChosenPort, { snapLength }: CaptureOptions): Uint8Array =>
  interfaceDescription({
    name: port.interface ?? exactName({ view, port }),
    description: `${view.device.product}, port ${port.report.number}${port.report.label === '' ? '' : `: ${port.report.label}`}`,
    mac: port.report.mac,
    bitsPerSecond: port.report.bitsPerSecond,
    snapLength,
  });

/** One adapter's ring to its end: what lay in it when the capture was stopped is still taken. */
async function follow(
  adapter: Adapter,
  options: CaptureOptions,
  file: CaptureFile,
  ended: AbortController,
): Promise<void> {
  const ports = options.ports.filter(({ view }) => view.adapter === adapter).map(({ port }) => port.index);
  const bell = new Bell(ended.signal);
  await adapter.listen((news) => {
    if (news.kind === 'capture has data' || news.kind === 'gone') bell.ring();
  });
  const offset = options.now() - (await adapter.clock());
  const ring = await adapter.startCapture({ ports, snapLength: options.snapLength, ringBytes: options.ringBytes });
  const source: Source = { adapter, ring, offset, lost: 0 };
  while (!ended.signal.aborted && !adapter.gone && !file.isFull) {
    if ((await file.takeFrom(source)) > 0 || !ring.mayWait()) continue;
    await bell.heard();
  }
  await adapter.stopCapture().catch(unlessGone(adapter));
  while (!file.isFull && (await file.takeFrom(source)) > 0);
  file.finish(source);
}

const unlessGone = (adapter: Adapter) => (error: unknown) => {
  if (!(error instanceof UserError) || !adapter.gone) throw error;
};

/** Waits for a signal of the driver; one that came before we waited is not forgotten, and the end wakes as well. */
class Bell {
  #rung = false;
  #wake: () => void = () => undefined;

  constructor(signal: AbortSignal) {
    signal.addEventListener('abort', () => this.ring());
  }

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  async heard(): Promise<void> {
    if (!this.#rung) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#rung = false;
  }
}

interface Source {
  readonly adapter: Adapter;
  readonly ring: CaptureRing;
  /** From the driver's clock to the time of day. */
  readonly offset: bigint;
  lost: number;
}

class CaptureFile implements Captured {
  frames = 0;
  trouble: string | undefined;
  readonly #options: CaptureOptions;
  readonly #counts: { received: number; lost: number }[];
  /** Index of the interface by adapter and port number. */
  readonly #interfaces: ReadonlyMap<Adapter, ReadonlyMap<number, number>>;

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.#counts = options.ports.map(() => ({ received: 0, lost: 0 }));
    const interfaces = new Map<Adapter, Map<number, number>>();
    options.ports.forEach(({ view, port }, index) => {
      const numbers = interfaces.get(view.adapter) ?? new Map<number, number>();
      interfaces.set(view.adapter, numbers.set(port.report.number, index));
    });
    this.#interfaces = interfaces;
  }

  get lost(): number {
    return this.#counts.reduce((sum, { lost }) => sum + lost, 0);
  }

  get isFull(): boolean {
    return this.frames >= this.#options.most || this.trouble !== undefined;
  }

  /** How many frames it took. */
  async takeFrom(source: Source): Promise<number> {
    const frames = source.ring.take(Math.min(BATCH, this.#options.most - this.frames));
    if (typeof frames === 'string') {
      this.trouble = `the capture ring makes no sense (${frames}): it ends here`;
      return 0;
    }
    if (frames.length > 0)
      await this.#options.write(joinBytes(frames.flatMap((frame) => this.#block(source, frame) ?? [])));
    return frames.length;
  }

  /** Frames lost behind the last one that came through are said with the adapter's first port. */
  finish(source: Source): void {
    const [first] = this.#interfaces.get(source.adapter)?.values() ?? [];
    const { lost } = source.ring.counts;
    const counts = first === undefined ? undefined : this.#counts[first];
    if (counts && !(this.frames >= this.#options.most)) counts.lost += Math.max(0, lost - source.lost);
  }

  statistics(): Uint8Array {
    const time = this.#options.now();
    return joinBytes(this.#counts.map((counts, index) => interfaceStatistics({ interface: index, time, ...counts })));
  }

  /** Undefined for a port nobody asked for. */
  #block(source: Source, frame: CapturedFrame): Uint8Array | undefined {
    const index = this.#interfaces.get(source.adapter)?.get(frame.port);
    const counts = index === undefined ? undefined : this.#counts[index];
    if (index === undefined || !counts) return undefined;
    const lost = Math.max(0, frame.lostBefore - source.lost);
    source.lost = Math.max(source.lost, frame.lostBefore);
    counts.received++;
    counts.lost += lost;
    this.frames++;
    return enhancedPacket({
      interface: index,
      time: frame.nanoseconds + source.offset,
      direction: frame.direction,
      length: frame.frameLength,
      bytes: frame.bytes,
      lost,
    });
  }
}
