import type { Stopping, Terminal } from '../../../tools/adapters/terminal.ts';
import { ports } from '../../../tools/commands/ports.ts';
import type { InterfaceConfiguration } from '../../../tools/model/apple/interface-configuration.ts';
import { explain } from '../../../tools/report/explain.ts';
import { type RecordedSystem, type Recording, recordedSystem } from '../recorded-system.ts';
import type { FakeDriver } from './fake-driver.ts';

/** A terminal whose keyboard is `press`. */
export class FakeTerminal implements Terminal {
  readonly interactive: boolean;
  readonly colour = false;
  columns: number;
  written = '';
  released = 0;
  readonly #stop = new AbortController();

  constructor(columns: number = Number.POSITIVE_INFINITY, interactive = false) {
    this.columns = columns;
    this.interactive = interactive;
  }
  width = () => this.columns;
  write = (text: string) => {
    this.written += text;
  };
  untilStopped = (): Stopping => ({ signal: this.#stop.signal, release: () => this.released++ });
  /** Ctrl-C. */
  press = () => this.#stop.abort();
}

export interface FakeMachine {
  readonly system: RecordedSystem;
  readonly terminal: FakeTerminal;
  readonly driver: FakeDriver;
  /** Called each time the tool waits; what happens in the world meanwhile. */
  onWait: (milliseconds: number) => void | Promise<void>;
  run(...args: string[]): Promise<{ exitCode: number; out: string; err: string }>;
}

/** `tools/ports` with a fake driver; `addresses` by OS interface. */
export function fakeMachine(
  driver: FakeDriver,
  {
    addresses = {},
    terminal = new FakeTerminal(),
    platform = 'linux',
    programs = {},
  }: {
    addresses?: Readonly<Record<string, readonly string[]>>;
    terminal?: FakeTerminal;
    platform?: NodeJS.Platform;
    programs?: Readonly<Record<string, Recording>>;
  } = {},
): FakeMachine {
  const recorded = recordedSystem({ platform, programs });
  const system = {
    ...recorded,
    wait: async (milliseconds: number) => {
      await recorded.wait(milliseconds);
      for (const adapter of driver.present) {
        adapter.now += BigInt(milliseconds) * 1_000_000n;
        for (let index = 0; index < adapter.ports; index++) adapter.count(index, {});
      }
      await machine.onWait(milliseconds);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const os = {
    interfaces: async () => Object.entries(addresses).map(([name, list]) => osInterface(name, list)),
    inPlace: async (command: readonly string[]) => command,
  };
  const machine: FakeMachine = {
    system,
    terminal,
    driver,
    onWait: () => undefined,
    run: async (...args) => {
      system.printed.out = '';
      system.printed.err = '';
      try {
        const exitCode = await ports(args, async () => ({ system, driver, os, terminal }));
        return { exitCode, out: system.printed.out, err: system.printed.err };
      } catch (error) {
        const { exitCode, text } = explain(error);
        return { exitCode, out: system.printed.out, err: `${system.printed.err}${text}` };
      }
    },
  };
  return machine;
}

const osInterface = (name: string, addresses: readonly string[]): InterfaceConfiguration => ({
  name,
  up: true,
  mtu: 1500,
  mac: undefined,
  addresses,
  media: undefined,
  link: 'up',
});
