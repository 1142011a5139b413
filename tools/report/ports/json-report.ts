// json-report.ts — adapters and their ports in, the document of `tools/ports --json` out; its schema is schemas/ports.json.

import { PATHS, type PathCounters, type PortCounters } from '../../model/client/counter-page.ts';
import type { AdapterView, PortView } from '../../plans/ports/look.ts';

/** Counters become numbers: exact up to 2^53, which takes months at 100 Gbit/s. */
export const portsJson = (views: readonly AdapterView[], time: Date) => ({
  version: 1,
  time: time.toISOString(),
  adapters: views.map(({ device, ports }) => ({ ...device, ports: ports.map(portJson) })),
});

function portJson({ report, counters, rates, interface: name, os }: PortView) {
  return {
    ...report,
    ...(counters && { linkUp: counters.linkUp, bitsPerSecond: counters.bitsPerSecond }),
    interface: name ?? null,
    addresses: os?.addresses ?? [],
    mtu: os?.mtu ?? null,
    counters: counters ? countersJson(counters) : null,
    rates: rates ?? null,
  };
}

const countersJson = (counters: PortCounters) => ({
  nanoseconds: Number(counters.nanoseconds),
  ...Object.fromEntries(PATHS.map((path) => [path, pathJson(counters[path])])),
  verdicts: numbers(counters.verdicts),
});

const pathJson = ({ dropped, ...rest }: PathCounters) => ({ ...numbers(rest), dropped: numbers(dropped) });

const numbers = (counts: Readonly<Record<string, bigint>>) =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)]));
