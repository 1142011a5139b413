// follow.ts — the interfaces of a running host in, their rows once a second out, also of those that come and go meanwhile.

import type { HostInterface } from '../../model/host/answers.ts';
import type { PortRow } from '../../report/host/port-table.ts';

/** What is asked of the host and its network. */
export interface Interfaces {
  list(): Promise<readonly HostInterface[]>;
  /** Gives one its address. */
  configure(row: HostInterface): Promise<void>;
  /** Milliseconds until the station at the far end of its cable answered; undefined when it did not. */
  ping(row: HostInterface): Promise<number | undefined>;
  /** Milliseconds on a clock that only goes forward. */
  now(): number;
  wait(milliseconds: number): Promise<void>;
}

const REFRESH_MS = 1000;

/**
 * Calls `show` until the signal. One that was plugged in meanwhile gets its address too. Pings go on beside the pictures: a port
 * that does not answer must not keep the others waiting.
 */
export async function follow(
  interfaces: Interfaces,
  signal: AbortSignal,
  show: (rows: readonly PortRow[]) => void,
): Promise<void> {
  const known = new Map<number, Followed>();
  while (!signal.aborted) {
    const rows = await interfaces.list();
    for (const service of known.keys()) if (rows.every((row) => row.service !== service)) known.delete(service);
    show(rows.toSorted((a, b) => a.port - b.port).map((row) => followed(known, row, interfaces).seen(row)));
    await interfaces.wait(REFRESH_MS);
  }
}

function followed(known: Map<number, Followed>, row: HostInterface, interfaces: Interfaces): Followed {
  const one = known.get(row.service) ?? new Followed(interfaces);
  known.set(row.service, one);
  return one;
}

/** One interface, from its first picture to its last. */
class Followed {
  readonly #interfaces: Interfaces;
  #before: { readonly row: HostInterface; readonly time: number } | undefined;
  #isConfigured = false;
  #isAsking = false;
  #roundTrip: PortRow['roundTrip'] = 'not yet';

  constructor(interfaces: Interfaces) {
    this.#interfaces = interfaces;
  }

  seen(row: HostInterface): PortRow {
    const time = this.#interfaces.now();
    const rates = {
      receiving: this.#rate('receivedBytes', row, time),
      transmitting: this.#rate('transmittedBytes', row, time),
    };
    this.#before = { row, time };
    if (!row.link) this.#roundTrip = 'not yet';
    else if (!this.#isAsking) void this.#ask(row);
    return { ...row, ...rates, roundTrip: this.#roundTrip };
  }

  #rate(counter: string, { counters }: HostInterface, time: number): number {
    if (!this.#before) return 0;
    const more = (counters[counter] ?? 0) - (this.#before.row.counters[counter] ?? 0);
    return Math.max(0, more * 8 * 1000) / Math.max(1, time - this.#before.time);
  }

  /** Fails only when the interface goes away, and then it is seen no more. */
  async #ask(row: HostInterface): Promise<void> {
    this.#isAsking = true;
    try {
      if (!this.#isConfigured) await this.#interfaces.configure(row);
      this.#isConfigured = true;
      this.#roundTrip = (await this.#interfaces.ping(row)) ?? 'none';
    } catch {
      this.#roundTrip = 'none';
    } finally {
      this.#isAsking = false;
    }
  }
}
