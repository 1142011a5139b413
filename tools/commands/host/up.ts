import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildNative, hostProducts } from '../../adapters/host/build.ts';
import { Control } from '../../adapters/host/control.ts';
import { startDaemon } from '../../adapters/host/daemon.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { parseOptions } from './options.ts';

const USAGE = `up [--bundle NAME.dext]… [--one-process] [--no-offload] [--here] [--foreground]

  --bundle NAME.dext   a dext to serve, built for the host; default: the driver of this project, built now when it must be
  --one-process        all services of a dext in one process (IOUserServerOneProcess)
  --no-offload         TAPs without super-frames: slower, but the OS's counters count the frames on the wire
  --here               the interfaces in this network namespace instead of one of the host's own (as root)
  --foreground         stay until Ctrl-C`;

/** Starts the host and returns when it is ready; it goes on until `tools/host down`. */
export async function up(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, USAGE, {
    bundle: { type: 'string', multiple: true },
    'one-process': { type: 'boolean' },
    'no-offload': { type: 'boolean' },
    here: { type: 'boolean' },
    foreground: { type: 'boolean' },
  });
  if (!options) return EXIT.fine;
  const { values, stateFolder } = options;
  await refuseSecond(stateFolder);
  for (const bundle of values.bundle ?? []) refuseMissing(bundle);
  const products = hostProducts('dev');
  await buildNative('dev', { show: (line) => console.error(line) });
  const daemon = await startDaemon({
    daemon: products.daemon,
    bundles: values.bundle ?? [products.bundle],
    stateFolder,
    oneProcess: values['one-process'] ?? false,
    offload: !values['no-offload'],
    namespace: values.here ? 'current' : 'own',
    detached: !values.foreground,
  });
  const { control, pid, netns } = daemon;
  if (options.json) console.log(JSON.stringify({ control, pid, netns }));
  else console.error(`The host runs (process ${pid}). Plug an adapter in with: tools/host plug`);
  if (!values.foreground) return EXIT.fine;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => daemon.kill(signal));
  return (await daemon.ended) === 0 ? EXIT.fine : EXIT.fixable;
}

/** Before anything is built: that takes minutes. */
function refuseMissing(bundle: string): void {
  if (existsSync(join(bundle, 'Info.plist')) || existsSync(join(bundle, 'Contents', 'Info.plist'))) return;
  throw new UserError(`${bundle} is no dext: it has no Info.plist`, 'Build one with tools/host build.', EXIT.unusable);
}

async function refuseSecond(stateFolder: string): Promise<void> {
  const running = await Control.open(stateFolder).catch(() => undefined);
  if (!running) return;
  running.close();
  throw new UserError(
    `A host runs already with its state in ${stateFolder}`,
    'End it with tools/host down, or use --state DIR.',
  );
}
