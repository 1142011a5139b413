// rates.ts — what a port had counted at two moments in, what it carried in between out.

import { PATHS, type PortCounters } from './counter-page.ts';
import { REASONS, type ReasonName } from './reasons.ts';

export interface Rates {
  /** Bits and frames a second, as the OS sees them: what a port's process handed over or took. */
  readonly receivedBits: number;
  readonly transmittedBits: number;
  readonly receivedFrames: number;
  readonly transmittedFrames: number;
  /** Frames a second given up for any reason, by driver and port together. */
  readonly dropped: number;
}

export const NO_RATES: Rates = {
  receivedBits: 0,
  transmittedBits: 0,
  receivedFrames: 0,
  transmittedFrames: 0,
  dropped: 0,
};

/**
 * By the driver's own clock, so that a late look changes nothing. Undefined when no time has passed between the two, and when
 * counters went back: then another device answers to this number now.
 */
export function ratesBetween(before: PortCounters, after: PortCounters): Rates | undefined {
  const seconds = Number(after.nanoseconds - before.nanoseconds) / 1e9;
  const pairs = [
    [before.receivedByPort.bytes, after.receivedByPort.bytes],
    [before.transmittedByPort.bytes, after.transmittedByPort.bytes],
    [before.receivedByPort.frames, after.receivedByPort.frames],
    [before.transmittedByPort.frames, after.transmittedByPort.frames],
    [totalDrops(before), totalDrops(after)],
  ] as const;
  if (!(seconds > 0) || pairs.some(([earlier, later]) => later < earlier)) return undefined;
  const [received = 0, transmitted = 0, receivedFrames = 0, transmittedFrames = 0, dropped = 0] = pairs.map(
    ([earlier, later]) => Number(later - earlier) / seconds,
  );
  return {
    receivedBits: received * 8,
    transmittedBits: transmitted * 8,
    receivedFrames,
    transmittedFrames,
    dropped,
  };
}

/** Frames given up on their whole way, by reason; a frame is counted by whoever gave it up, so they add up. */
export function dropsByReason(counters: PortCounters): Readonly<Record<ReasonName, bigint>> {
  const sum = (name: ReasonName) => PATHS.reduce((total, path) => total + counters[path].dropped[name], 0n);
  return Object.fromEntries(REASONS.map(({ name }) => [name, sum(name)])) as Record<ReasonName, bigint>;
}

export const totalDrops = (counters: PortCounters): bigint =>
  Object.values(dropsByReason(counters)).reduce((sum, count) => sum + count, 0n);
