import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { hostProducts } from '../../../tools/adapters/host/build.ts';
import { Control } from '../../../tools/adapters/host/control.ts';
import { type Daemon, inNamespace, startDaemon } from '../../../tools/adapters/host/daemon.ts';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import type { PATHS } from '../../../tools/model/client/counter-page.ts';
import type {
  Adapter,
  Cable,
  FunctionFraming,
  HostInterface,
  Jack,
  LogLine,
  Server,
} from '../../../tools/model/host/answers.ts';
import { type RegistryEntry, walkRegistry } from '../../../tools/model/host/registry.ts';
import type { Exported } from '../../../tools/report/host/exported.ts';
import { logText } from '../vm/witness.ts';
import { PRESET } from './preset.ts';

export interface PlugRequest {
  readonly ports?: number;
  readonly speed?: 'high' | 'super';
  readonly serial?: string;
  readonly location?: string;
  readonly megabits?: number;
  readonly segmentSize?: number;
  /** Of each port; without it all speak NCM. */
  readonly framings?: readonly FunctionFraming[];
  readonly cables?: readonly Cable[];
  /** A device another machine exports; then nothing else counts. */
  readonly usbip?: string;
  readonly [fault: `${string}Fault`]: string;
}

/** Of the document of `tools/ports --json`, what tests look at. */
export interface PortsReport {
  readonly adapters: readonly {
    readonly ports: readonly {
      readonly number: number;
      /** Bits of an NTB; 0: ECM. */
      readonly framing: number;
      readonly counters:
        | (Readonly<Record<(typeof PATHS)[number], DriverCounts>> & {
            readonly verdicts: Readonly<Record<string, number>>;
          })
        | null;
    }[];
  }[];
}

/** One direction of a port as one process of the driver counted it. */
export interface DriverCounts {
  readonly frames: number;
  readonly signals: number;
  readonly transfers: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** A host of a test's own, with its state in a folder of its own. `stop` leaves nothing behind. */
export class RunningHost {
  readonly daemon: Daemon;
  readonly control: Control;
  readonly #folder: string;

  private constructor(daemon: Daemon, control: Control, folder: string) {
    this.daemon = daemon;
    this.control = control;
    this.#folder = folder;
  }

  /** What it runs: the daemon's program and the driver's bundle. */
  static readonly products = hostProducts(PRESET);

  /** With the project's daemon and driver, or with `daemon` and `bundles` instead. */
  static async start(
    options: {
      readonly oneProcess?: boolean;
      readonly offload?: boolean;
      readonly daemon?: string;
      readonly bundles?: readonly string[];
    } = {},
  ): Promise<RunningHost> {
    const { daemon: program, bundle } = RunningHost.products;
    const stateFolder = mkdtempSync(join(tmpdir(), 'multiport-host-test-'));
    const daemon = await startDaemon({ daemon: program, bundles: [bundle], stateFolder, temporary: true, ...options });
    return new RunningHost(daemon, await Control.open(stateFolder), stateFolder);
  }

  /** Plugs an adapter in and waits until everything that this set off is done. */
  async plug(request: PlugRequest = {}): Promise<{ device: number; location: string }> {
    const plugged = await this.control.request<{ device: number; location: string }>('plug', { ...request });
    await this.quiet();
    return plugged;
  }

  /** Offers an adapter to other hosts, by default at a free port of the loopback interface. */
  export = (request: PlugRequest & { readonly listen?: string }) =>
    this.control.request<Exported>('export', { listen: '127.0.0.1:0', ...request });

  unplug = (device: number) => this.control.request('unplug', { device });
  inject = (device: number, port: number, what: object) => this.control.request('inject', { device, port, ...what });
  sleep = () => this.control.request('sleep');
  /** Wakes it, and waits until everything that this set off is done. */
  wake = async (how: { readonly deviceReset?: boolean } = {}) => {
    await this.control.request('wake', how);
    await this.quiet();
  };
  quiet = () => this.control.request('quiet');
  registry = () => this.control.request<RegistryEntry>('registry');
  interfaces = () => this.control.request<HostInterface[]>('interfaces');
  adapters = () => this.control.request<Adapter[]>('adapters');
  jacks = (device: number) => this.control.request<Jack[]>('jacks', { device });
  servers = () => this.control.request<Server[]>('servers');
  log = async () => (await this.control.request<{ lines: LogLine[] }>('log')).lines;

  /** What `tools/ports --json` prints: the driver's own view, counters included. */
  async ports(): Promise<PortsReport> {
    const { stdout } = await execa(join(PROJECT_ROOT, 'tools', 'ports'), ['--json'], {
      env: { MULTIPORT_HOST_STATE: this.#folder },
    });
    return JSON.parse(stdout) as PortsReport;
  }

  /** Runs a program where the interfaces are; throws with its output when it fails. */
  async run(...command: string[]): Promise<string> {
    const [program, ...args] = inNamespace(this.daemon, command);
    return (await execa(program, args, { all: true })).all;
  }

  /** Starts a program where the interfaces are, for as long as it is wanted. */
  async launch(...command: string[]): Promise<{ readonly end: () => Promise<void> }> {
    const [program, ...args] = inNamespace(this.daemon, command);
    const child = execa(program, args, { reject: false });
    return {
      end: async () => {
        child.kill('SIGKILL');
        await child;
      },
    };
  }

  /**
   * Frames of a port that the network stack sent and the device did not get, or the other way round. One that is under way counts as
   * well, so it is the least of several looks: for a moment when the port has nothing to do.
   */
  async lost(device: number, port: number): Promise<number> {
    const looks = [];
    for (let look = 0; look < 10; look++) looks.push(await this.#missing(device, port));
    return Math.min(...looks);
  }

  async #missing(device: number, port: number): Promise<number> {
    const jack = (await this.jacks(device)).find((each) => each.port === port);
    const system = (await this.interfaces()).find(({ mac }) => mac === jack?.mac);
    if (!jack || !system) throw new Error(`port ${port} of device ${device} has no interface`);
    const { transmittedFrames = 0, receivedFrames = 0 } = system.counters;
    const { framesOut = 0, framesIn = 0 } = jack.counters;
    return transmittedFrames - framesOut + framesIn - receivedFrames;
  }

  /** A number the Linux network stack itself keeps of an interface, for example `rx_packets`. */
  async statistic(name: string, counter: string): Promise<number> {
    const text = await this.run('ip', '-s', '-j', 'link', 'show', 'dev', name);
    const [link] = JSON.parse(text) as { stats64: Record<string, Record<string, number>> }[];
    const [direction = '', field = ''] = counter.split('_');
    const value = link?.stats64[direction]?.[field];
    if (value === undefined) throw new Error(`${name} has no counter ${counter}: ${text}`);
    return value;
  }

  /** What it says of a test that failed: its log; when it does not answer, what it wrote. */
  readonly name = 'The host on this machine';
  testimony = () => this.log().then(logText, () => readFileSync(join(this.#folder, 'daemon.log'), 'utf8'));

  get stateFolder(): string {
    return this.#folder;
  }

  /** The processes that serve a controller: the servers of the service that matched the device. */
  async controllers(): Promise<number[]> {
    const ids = [...walkRegistry(await this.registry())]
      .filter((entry) => entry.properties.IOUserClass === 'MultiportController')
      .map(({ id }) => id);
    const servers = await this.servers();
    return servers.filter(({ services }) => services.some((id) => ids.includes(id))).map(({ pid }) => pid);
  }

  async stop(): Promise<void> {
    await this.control.request('down').catch(() => this.daemon.kill('SIGKILL'));
    await this.daemon.ended;
    this.control.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
