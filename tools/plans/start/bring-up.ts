import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Listr } from 'listr2';
import { buildNative, hostProducts } from '../../adapters/host/build.ts';
import { Control } from '../../adapters/host/control.ts';
import { type Daemon, startDaemon } from '../../adapters/host/daemon.ts';
import { configureInterface } from '../../adapters/host/network.ts';
import type { HostInterface } from '../../model/host/answers.ts';

export interface BringUpOptions {
  readonly ports: number;
  readonly oneProcess: boolean;
}

/** A running host with an adapter plugged in. `takeDown` ends it and leaves nothing behind. */
export interface Running {
  readonly daemon: Daemon;
  readonly control: Control;
  readonly interfaces: readonly HostInterface[];
  readonly takeDown: () => Promise<void>;
}

interface Context {
  stateFolder: string;
  daemon: Daemon;
  control: Control;
  interfaces: readonly HostInterface[];
}

/** Builds, starts the host, plugs a simulated adapter in and gives its interfaces addresses. Undoes all of it on a failure. */
export async function bringUp({ ports, oneProcess }: BringUpOptions): Promise<Running> {
  const found: Partial<Context> = {};
  const takeDown = () => undo(found);
  const tasks = new Listr<Partial<Context>>(
    [
      {
        title: 'Build the driver and its host',
        task: (_, task) =>
          buildNative('dev', (line) => {
            task.output = line;
          }),
      },
      {
        title: 'Start the host',
        task: async (context) => {
          const { daemon, bundle } = hostProducts('dev');
          context.stateFolder = mkdtempSync(join(tmpdir(), 'multiport-start-'));
          context.daemon = await startDaemon({
            daemon,
            bundles: [bundle],
            stateFolder: context.stateFolder,
            oneProcess,
            temporary: true,
            ownSession: true,
          });
          context.control = await Control.open(context.stateFolder);
        },
      },
      {
        title: `Plug an adapter with ${ports} ${ports === 1 ? 'port' : 'ports'} in`,
        task: async ({ control }) => {
          await control?.request('plug', { ports });
          await control?.request('quiet');
        },
      },
      {
        title: 'Configure the interfaces',
        task: async (context) => {
          const { control, daemon } = context;
          if (!control || !daemon) throw new Error('the host is not there');
          const rows = await control.request<HostInterface[]>('interfaces');
          context.interfaces = rows.toSorted((a, b) => a.port - b.port);
          for (const row of context.interfaces) await configureInterface(daemon, row);
        },
      },
    ],
    { ctx: found, renderer: 'default', fallbackRenderer: 'simple', rendererOptions: { collapseSubtasks: false } },
  );
  try {
    const { daemon, control, interfaces } = (await tasks.run()) as Context;
    return { daemon, control, interfaces, takeDown };
  } catch (error) {
    await takeDown();
    throw error;
  }
}

async function undo({ stateFolder, daemon, control }: Partial<Context>): Promise<void> {
  daemon?.kill('SIGTERM');
  await daemon?.ended;
  control?.close();
  if (stateFolder) rmSync(stateFolder, { recursive: true, force: true });
}
