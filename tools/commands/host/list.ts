import type { Adapter, HostInterface, Server } from '../../model/host/answers.ts';
import { EXIT } from '../../model/user-error.ts';
import { formatTable } from '../../report/table.ts';
import { parseOptions, withHost } from './options.ts';

const USAGE = 'list [--json]';

/** Prints what is plugged in, the interfaces that came of it, and the processes that serve them. */
export async function list(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, USAGE, {});
  if (!options) return EXIT.fine;
  const found = await withHost(options.stateFolder, async (control) => ({
    adapters: await control.request<Adapter[]>('adapters'),
    interfaces: await control.request<HostInterface[]>('interfaces'),
    servers: await control.request<Server[]>('servers'),
  }));
  console.log(options.json ? JSON.stringify(found, null, 2) : describe(found).join('\n'));
  return EXIT.fine;
}

const whereOf = ({ location, busId }: Adapter) => (busId === undefined ? location : `exported as ${busId}`);

function describe(found: { adapters: Adapter[]; interfaces: HostInterface[]; servers: Server[] }): string[] {
  return [
    ...formatTable(
      ['ADAPTER', 'AT', 'WHAT', 'SPEED', 'SERIAL'],
      found.adapters.map((row) => [
        String(row.device),
        whereOf(row),
        row.product ?? `${row.ports} ports, simulated`,
        row.speed,
        row.serial,
      ]),
    ),
    '',
    ...formatTable(
      ['INTERFACE', 'PORT', 'MAC', 'LINK', 'MTU'],
      found.interfaces.map((row) => [row.name, String(row.port), row.mac, row.link ? 'up' : 'down', String(row.mtu)]),
    ),
    '',
    ...formatTable(
      ['PROCESS', 'SERVER', 'SERVICES'],
      found.servers.map((row) => [
        String(row.pid),
        row.name,
        row.services.map((id) => `0x${id.toString(16)}`).join(' '),
      ]),
    ),
  ];
}
