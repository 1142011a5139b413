import { rmSync } from 'node:fs';
import { relative } from 'node:path';
import { buildNative, hostProducts, nativeFolder } from '../../adapters/host/build.ts';
import { Control } from '../../adapters/host/control.ts';
import { type Daemon, startDaemon } from '../../adapters/host/daemon.ts';
import { addressesOf, configureInterface } from '../../adapters/host/network.ts';
import { makeTemporaryState } from '../../adapters/host/temporary-state.ts';
import { PROJECT_ROOT } from '../../adapters/project.ts';
import type { System } from '../../adapters/system.ts';
import type { Adapter, HostInterface } from '../../model/host/answers.ts';
import { runWork, type Work } from '../../report/progress.ts';

export interface BringUpOptions {
  readonly ports: number;
  readonly oneProcess: boolean;
}

/** A running host with an adapter plugged in. `takeDown` ends it and leaves nothing behind. */
export interface Running {
  readonly daemon: Daemon;
  readonly control: Control;
  readonly stateFolder: string;
  readonly interfaces: readonly HostInterface[];
  readonly takeDown: () => Promise<void>;
}

interface Parts {
  stateFolder: string;
  daemon: Daemon;
  control: Control;
  interfaces: readonly HostInterface[];
}

/** Builds, starts the host, plugs a simulated adapter in and gives its interfaces addresses. Undoes all of it on a failure. */
export async function bringUp(options: BringUpOptions, system: System): Promise<Running> {
  const parts: Partial<Parts> = {};
  const takeDown = () => undo(parts);
  try {
    await runWork(works(options, parts), system, false);
    return { ...(parts as Parts), takeDown };
  } catch (error) {
    await takeDown();
    throw error;
  }
}

/** Each piece of work needs the parts those before it have put together. */
function works({ ports, oneProcess }: BringUpOptions, parts: Partial<Parts>): readonly Work[] {
  return [
    {
      title: 'Build the driver and its host',
      saysInPassing: true,
      run: async (say, interrupted) => {
        await buildNative('dev', { progress: say, signal: interrupted });
        return { did: relative(PROJECT_ROOT, nativeFolder('dev')) };
      },
    },
    {
      title: 'Start the host',
      run: async () => {
        await startHost(parts, oneProcess);
        return { did: `process ${parts.daemon?.pid}` };
      },
    },
    {
      title: `Plug an adapter with ${ports} ${ports === 1 ? 'port' : 'ports'} in`,
      run: async () => {
        const plugged = await parts.control?.request<Adapter>('plug', { ports });
        await parts.control?.request('quiet');
        return { did: `adapter ${plugged?.device} at ${plugged?.location}` };
      },
    },
    { title: 'Give the interfaces addresses', run: async () => ({ did: await configureAll(parts as Parts) }) },
  ];
}

async function startHost(parts: Partial<Parts>, oneProcess: boolean): Promise<void> {
  const { daemon, bundle } = hostProducts('dev');
  parts.stateFolder = await makeTemporaryState('start');
  parts.daemon = await startDaemon({
    daemon,
    bundles: [bundle],
    stateFolder: parts.stateFolder,
    oneProcess,
    temporary: true,
    ownSession: true,
  });
  parts.control = await Control.open(parts.stateFolder);
}

async function configureAll(parts: Parts): Promise<string> {
  const rows = await parts.control.request<HostInterface[]>('interfaces');
  parts.interfaces = rows.toSorted((a, b) => a.port - b.port);
  for (const row of parts.interfaces) await configureInterface(parts.daemon, row);
  const addresses = parts.interfaces.map(({ port }) => addressesOf(port).near);
  return [...new Set([addresses.at(0), addresses.at(-1)])].join(' to ');
}

async function undo({ stateFolder, daemon, control }: Partial<Parts>): Promise<void> {
  daemon?.kill('SIGTERM');
  await daemon?.ended;
  control?.close();
  if (stateFolder) rmSync(stateFolder, { recursive: true, force: true });
}
