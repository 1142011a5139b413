import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { buildNative, hostProducts } from '../../adapters/host/build.ts';
import { Control } from '../../adapters/host/control.ts';
import { startDaemon } from '../../adapters/host/daemon.ts';
import { parseListen } from '../../model/host/listen.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { describeExport, type Exported } from '../../report/host/exported.ts';
import { ADAPTER_OPTIONS, ADAPTER_USAGE, adapterParameters } from './adapter-parameters.ts';
import { parseOptions } from './options.ts';

const USAGE = `export [--listen HOST:PORT] [--ports N] [--framing LIST] [--speed high|super] …

Offers a simulated adapter over USB/IP until Ctrl-C, so that Linux's own drivers can use it. The running host does it; where none
runs, one is started for as long.

  --listen HOST:PORT   where to listen (0.0.0.0:3240: every machine that reaches this one may attach it); port 0: any free one
${ADAPTER_USAGE}`;

/** Exports an adapter, prints what to type on the other machine, and stays until Ctrl-C or the end of the host. */
export async function exportAdapter(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, USAGE, {
    listen: { type: 'string', default: '0.0.0.0:3240' },
    ...ADAPTER_OPTIONS,
  });
  if (!options) return EXIT.fine;
  const wanted = parseListen(options.values.listen);
  const parameters = { ...adapterParameters(options.values), listen: await numeric(wanted) };
  const asked = untilAsked();
  const { control, end } = await hostFor(options.stateFolder);
  try {
    const exported = await control.request<Exported>('export', parameters);
    if (options.json) console.log(JSON.stringify(exported));
    else console.error(describeExport(exported, ownAddress()).join('\n'));
    const ended = await Promise.race([asked, control.closed().then(() => 'host' as const)]);
    if (ended === 'host') throw new UserError('The host has ended', 'Start it again with: tools/host up');
    await control.request('unplug', { device: exported.device });
  } finally {
    await end();
  }
  return EXIT.fine;
}

/** Settles with the first SIGINT or SIGTERM from now on. */
function untilAsked(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
}

/** The running host, or one of our own that `end` takes down. */
async function hostFor(stateFolder: string): Promise<{ control: Control; end: () => Promise<void> }> {
  const running = await Control.open(stateFolder).catch(() => undefined);
  if (running) return { control: running, end: async () => running.close() };
  await buildNative('dev', { show: (line) => console.error(line), target: 'multiport-host' });
  const daemon = await startDaemon({
    daemon: hostProducts('dev').daemon,
    bundles: [],
    stateFolder,
    ownSession: true,
  });
  const control = await Control.open(stateFolder);
  const end = async () => {
    await control.request('down').catch(() => daemon.kill('SIGTERM'));
    await daemon.ended;
    control.close();
  };
  return { control, end };
}

/** The host binds to numbers only. */
async function numeric({ host, port }: { readonly host: string; readonly port: number }): Promise<string> {
  const address = isIP(host)
    ? host
    : await lookup(host).then(
        (found) => found.address,
        () => {
          throw new UserError(`--listen: there is no machine ${host}`, 'Give an address of this machine.');
        },
      );
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

/** An address other machines may know this one by. */
function ownAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
}
