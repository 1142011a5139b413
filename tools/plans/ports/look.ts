// look.ts — connected adapters in, every port with what driver and OS know of it out.

import type { Adapter } from '../../adapters/iokit/driver.ts';
import type { Surroundings } from '../../adapters/surroundings.ts';
import type { InterfaceConfiguration } from '../../model/apple/interface-configuration.ts';
import type { PortCounters } from '../../model/client/counter-page.ts';
import type { DeviceReport, PortReport } from '../../model/client/protocol.ts';
import { type Rates, ratesBetween } from '../../model/client/rates.ts';
import { EXIT, UserError } from '../../model/user-error.ts';

export interface PortView {
  readonly index: number;
  readonly report: PortReport;
  /** Undefined while nothing readable has been published of this port. */
  readonly counters: PortCounters | undefined;
  /** Undefined before the second look. */
  readonly rates: Rates | undefined;
  /** The OS interface and what the OS says of it; undefined while there is none. */
  readonly interface: string | undefined;
  readonly os: InterfaceConfiguration | undefined;
}

export interface AdapterView {
  readonly adapter: Adapter;
  readonly device: DeviceReport;
  readonly ports: readonly PortView[];
}

/** Everything, asked anew: calls into each controller, one program for the OS's side, and the counter pages. */
export async function look({ driver, os }: Surroundings): Promise<readonly AdapterView[]> {
  const adapters = await driver.adapters();
  const configured = adapters.length === 0 ? [] : await os.interfaces();
  const views = await Promise.all(
    adapters.map((adapter) => lookAt(adapter, configured).catch(unlessGone(adapter, driver))),
  );
  return views.filter((view) => view !== undefined);
}

/** An adapter that is pulled out in the middle of our questions is no error: it just is not there. */
const unlessGone = (adapter: Adapter, driver: Surroundings['driver']) => async (error: unknown) => {
  if (error instanceof UserError && !(await driver.adapters()).includes(adapter)) return undefined;
  throw error;
};

async function lookAt(adapter: Adapter, configured: readonly InterfaceConfiguration[]): Promise<AdapterView> {
  const device = await adapter.device();
  const names = adapter.interfaces();
  const page = adapter.counters();
  const ports: PortView[] = [];
  for (let index = 0; index < adapter.ports; index++) {
    const report = await adapter.port(index);
    const name = names.get(report.number);
    ports.push({
      index,
      report,
      counters: page.ports.find((port) => port.index === index),
      rates: undefined,
      interface: name,
      os: configured.find((one) => one.name === name),
    });
  }
  return { adapter, device, ports };
}

/** The same ports with their counters of now, and rates since then. Nobody is asked: it only reads memory. */
export const refresh = (views: readonly AdapterView[]): readonly AdapterView[] =>
  views.map((view) => {
    if (view.adapter.gone) return view;
    const page = view.adapter.counters();
    return {
      ...view,
      ports: view.ports.map((port) =>
        refreshPort(
          port,
          page.ports.find(({ index }) => index === port.index),
        ),
      ),
    };
  });

/** Until something new has been published the old rates stand: a controller publishes when it likes. */
function refreshPort(port: PortView, counters: PortCounters | undefined): PortView {
  if (counters === undefined || counters.nanoseconds === port.counters?.nanoseconds) return port;
  const rates = port.counters && ratesBetween(port.counters, counters);
  return { ...port, counters, rates: rates ?? port.rates };
}

/** Throws what to do when nothing is plugged in. */
export function requireAdapters(views: readonly AdapterView[], platform: NodeJS.Platform): void {
  if (views.length > 0) return;
  const fix =
    platform === 'darwin'
      ? 'Plug one in. If it is, tools/install status says how far its driver got.'
      : 'Plug one in with: tools/host plug';
  throw new UserError('No adapter of this driver is plugged in', fix, EXIT.fixable);
}
