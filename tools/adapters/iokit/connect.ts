// connect.ts — the driver that runs on this machine, and everything else `tools/ports` needs of it.

import { osSide } from '../os-side.ts';
import type { Surroundings } from '../surroundings.ts';
import { realSystem } from '../system-here.ts';
import { realTerminal } from '../terminal.ts';
import { ConnectedAdapter } from './adapter.ts';
import { Connection } from './connection.ts';
import { CoreFoundation } from './core-foundation.ts';
import type { Adapter, Driver } from './driver.ts';
import { bindIoKit, type IoKit, loadLibraries, type Port } from './library.ts';
import { Notifications } from './notifications.ts';
import { demand } from './refusals.ts';
import { Registry } from './registry.ts';

export async function connectHere(): Promise<Surroundings> {
  const system = realSystem();
  const driver = new RunningDriver(system, () => setTimeout(() => process.exit(), GRACE_MS).unref());
  return { system, driver, os: osSide(system), terminal: realTerminal() };
}

/** How long a call into a driver that hangs may keep a tool alive that is done. */
const GRACE_MS = 1000;

interface Known {
  readonly service: Port;
  readonly adapter: ConnectedAdapter;
}

export class RunningDriver implements Driver {
  readonly #ioKit: IoKit;
  readonly #registry: Registry;
  readonly #notifications: Notifications;
  readonly #known = new Map<bigint, Known>();
  readonly #iterators: Port[] = [];
  readonly #watchers = new Set<() => void>();
  readonly #onClosed: () => void;
  #looking: Promise<readonly Adapter[]> | undefined;

  /** `onClosed` is called behind `close`, when calls into a driver that hangs may still be under way. */
  constructor(system: Parameters<typeof loadLibraries>[0], onClosed: () => void = () => undefined) {
    this.#onClosed = onClosed;
    const libraries = loadLibraries(system);
    this.#ioKit = bindIoKit(libraries);
    this.#registry = new Registry(this.#ioKit, new CoreFoundation(libraries.coreFoundation));
    this.#notifications = new Notifications(this.#ioKit);
    try {
      this.#follow('IOServiceFirstMatch', () => undefined);
      this.#follow('IOServiceTerminate', () => this.#markGone());
    } catch (error) {
      this.#notifications.close(); // nobody gets an object whose close() they could call
      throw error;
    }
  }

  /** One look at a time: two at once would connect twice. */
  adapters(): Promise<readonly Adapter[]> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange);
    return () => void this.#watchers.delete(onChange);
  }

  close(): void {
    for (const id of [...this.#known.keys()]) this.#forget(id);
    for (const iterator of this.#iterators.splice(0)) this.#ioKit.release(iterator);
    this.#notifications.close();
    this.#onClosed();
  }

  async #look(): Promise<readonly Adapter[]> {
    const services = this.#registry.controllers();
    const ids = services.map((service) => this.#registry.id(service));
    for (const id of [...this.#known.keys()]) if (!ids.includes(id)) this.#forget(id);
    const adapters: Adapter[] = [];
    try {
      for (const [index, service] of services.entries()) {
        const id = ids[index] ?? 0n;
        const known = this.#known.get(id);
        adapters.push(known ? known.adapter : await this.#connect(id, service));
        if (known) this.#registry.release(service);
      }
    } catch (error) {
      for (const service of services.slice(adapters.length)) this.#registry.release(service);
      throw error;
    }
    return adapters;
  }

  async #connect(id: bigint, service: Port): Promise<Adapter> {
    const connection = await Connection.open(this.#ioKit, this.#notifications, service);
    const adapter = await ConnectedAdapter.over(id, connection, () => this.#registry.interfaces(service));
    this.#known.set(id, { service, adapter });
    return adapter;
  }

  #forget(id: bigint): void {
    const known = this.#known.get(id);
    this.#known.delete(id);
    if (!known) return;
    known.adapter.markGone();
    known.adapter.close();
    this.#registry.release(known.service);
  }

  /** The iterator has to be emptied once now, which arms it, and then each time news comes by it. */
  #follow(kind: string, onNews: () => void): void {
    const { callback, refcon } = this.#notifications.arrival((iterator) => {
      this.#registry.discard(iterator);
      onNews();
      for (const watcher of this.#watchers) watcher();
    });
    const iterator = new Uint32Array(1);
    const { addMatchingNotification } = this.#ioKit;
    const matching = this.#registry.matching();
    demand(
      'to tell of adapters',
      addMatchingNotification(this.#notifications.port, kind, matching, callback, refcon, iterator),
    );
    const [first = 0] = iterator;
    this.#iterators.push(first);
    this.#registry.discard(first);
  }

  /** Who is waiting for frames of an adapter that went hears of it now, not at the next look. */
  #markGone(): void {
    const there = this.#registry.controllers();
    const ids = there.map((service) => this.#registry.id(service));
    for (const service of there) this.#registry.release(service);
    for (const [id, { adapter }] of this.#known) if (!ids.includes(id)) adapter.markGone();
  }
}
