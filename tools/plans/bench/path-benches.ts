import { type Measure, median, total } from '../../model/bench/measure.ts';
import { type FrameCosts, frameCosts } from './frame-costs.ts';
import { type HostRig, hostRig, programRig, type Rig } from './rig.ts';
import { processorSeconds, roundTrips, type Traffic, throughput } from './traffic.ts';

/** How often each figure is taken; the machine is never quiet, so that medians are compared. */
const RUNS = 5;
const PORTS = [1, 2, 3, 4];
/** One more port, beside those of NCM. */
const ECM_PORT = 5;

/** Everything that is measured against the bare TAP-to-TAP forwarder, whose runs lie between the others. */
export class PathBenches {
  readonly #host: HostRig;
  readonly #forwarder: Rig;

  private constructor(host: HostRig, forwarder: Rig) {
    this.#host = host;
    this.#forwarder = forwarder;
  }

  static async setUp(): Promise<PathBenches> {
    const host = await hostRig([...PORTS.map(() => 'ncm' as const), 'ecm']);
    try {
      return new PathBenches(host, await programRig('tap-forwarder'));
    } catch (error) {
      await host.takeDown();
      throw error;
    }
  }

  async takeDown(): Promise<void> {
    await this.#forwarder.takeDown();
    await this.#host.takeDown();
  }

  /** One TCP connection through one port, each way. */
  async path(): Promise<Measure[]> {
    const figures = await this.#inTurns({
      bare: () => this.#sum(this.#forwarder, 'tcp'),
      to: () => this.#sum(this.#host, 'tcp'),
      from: () => this.#sum(this.#host, 'tcp from the device'),
    });
    const measure = (name: string, gigabits: number) =>
      against('path', name, gigabits, figures.bare, 'Gbit/s', { atLeast: 0.8 });
    return [measure('TCP to the device', figures.to), measure('TCP from the device', figures.from)];
  }

  /** The same through a port of ECM: a transfer for each frame. */
  async ecm(): Promise<Measure[]> {
    const ecm = async (traffic: Traffic) => total(await throughput(this.#host, traffic, [ECM_PORT]));
    const figures = await this.#inTurns({
      bare: () => this.#sum(this.#forwarder, 'tcp'),
      to: () => ecm('tcp'),
      from: () => ecm('tcp from the device'),
    });
    const measure = (name: string, gigabits: number) =>
      against('ecm', name, gigabits, figures.bare, 'Gbit/s', { atLeast: 0.8 });
    return [measure('TCP to the device, ECM', figures.to), measure('TCP from the device, ECM', figures.from)];
  }

  /** Four ports at once: what they carry together, and whether each has its share. */
  async four(): Promise<Measure[]> {
    const carried = PORTS.map(() => 0);
    const figures = await this.#inTurns({
      bare: () => this.#sum(this.#forwarder, 'tcp'),
      four: async () => {
        const each = await throughput(this.#host, 'tcp', PORTS);
        for (const [index, gigabits] of each.entries()) carried[index] = (carried[index] ?? 0) + gigabits / RUNS;
        return total(each);
      },
    });
    return [
      against('four', 'TCP through four ports at once', figures.four, figures.bare, 'Gbit/s', { atLeast: 0.8 }),
      {
        bench: 'four',
        name: "the slowest port's share of the mean",
        value: Math.min(...carried) / (total(carried) / carried.length),
        unit: '×',
        limit: { atLeast: 0.5 },
        figures: `${carried.map((gigabits) => gigabits.toFixed(2)).join(', ')} Gbit/s, means of all runs`,
      },
    ];
  }

  async udp(): Promise<Measure[]> {
    const figures = await this.#inTurns({
      bare: () => this.#sum(this.#forwarder, 'udp'),
      path: () => this.#sum(this.#host, 'udp'),
    });
    return [against('udp', 'UDP that arrives of all that is sent', figures.path, figures.bare, 'Gbit/s')];
  }

  async latency(): Promise<Measure[]> {
    const figures = await this.#inTurns({
      bare: () => roundTrips(this.#forwarder),
      path: () => roundTrips(this.#host),
    });
    return [against('latency', 'round trip of a ping', figures.path, figures.bare, 'ms')];
  }

  /** What each frame of a TCP connection costs: processor time, transfers over USB, signals between processes. */
  async frame(): Promise<Measure[]> {
    const runs: FrameCosts[] = [];
    const bare: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      runs.push(await frameCosts(this.#host));
      bare.push(await this.#bareCost());
    }
    const of = (cost: 'microseconds' | 'transfers' | 'signals') => median(runs.map((each) => each[cost]));
    const perFrame = (name: string, value: number, atMost: number): Measure => ({
      bench: 'frame',
      name,
      value,
      unit: 'a frame',
      limit: { atMost },
      figures: `one in ${(1 / value).toFixed(0)} frames`,
    });
    return [
      against('frame', 'processor time of host and driver', of('microseconds'), median(bare), 'µs'),
      perFrame('USB transfers', of('transfers'), 0.2),
      perFrame('signals between controller and port', of('signals'), 0.2),
    ];
  }

  /** The forwarder counts nothing itself: full frames, as one TCP connection sends them. */
  async #bareCost(): Promise<number> {
    const FRAME_BITS = 1448 * 8;
    const before = await processorSeconds(this.#forwarder);
    const gigabits = await this.#sum(this.#forwarder, 'tcp');
    const seconds = (await processorSeconds(this.#forwarder)) - before;
    return (seconds * 1e6) / ((gigabits * 1e9 * 2) / FRAME_BITS);
  }

  async #sum(rig: Rig, traffic: Traffic): Promise<number> {
    return total(await throughput(rig, traffic));
  }

  /** The median of each, taken in turns: what else the machine does falls on all of them alike. */
  async #inTurns<Name extends string>(takes: Record<Name, () => Promise<number>>): Promise<Record<Name, number>> {
    const names = Object.keys(takes) as Name[];
    const values = new Map(names.map((name) => [name, [] as number[]]));
    for (let run = 0; run < RUNS; run++) for (const name of names) values.get(name)?.push(await takes[name]());
    return Object.fromEntries(names.map((name) => [name, median(values.get(name) ?? [])])) as Record<Name, number>;
  }
}

/** A measure that is the ratio of a figure to the bare forwarder's. */
export function against(
  bench: string,
  name: string,
  figure: number,
  bare: number,
  unit: string,
  limit?: Measure['limit'],
): Measure {
  const figures = `${figure.toFixed(2)} to the bare forwarder's ${bare.toFixed(2)} ${unit}`;
  return { bench, name, value: figure / bare, unit: '×', ...(limit && { limit }), figures };
}
