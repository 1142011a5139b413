import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { hostProducts, nativeFolder } from '../../adapters/host/build.ts';
import { Control } from '../../adapters/host/control.ts';
import { startDaemon } from '../../adapters/host/daemon.ts';
import { makeTemporaryState } from '../../adapters/host/temporary-state.ts';
import { PROJECT_ROOT } from '../../adapters/project.ts';
import type { FunctionFraming, HostInterface } from '../../model/host/answers.ts';
import { UserError } from '../../model/user-error.ts';

/** Two ends that frames go between, each in a network namespace, with an iperf3 server at the far one. */
export interface Rig {
  /** Runs a program at the near end. */
  readonly run: (...command: readonly string[]) => Promise<string>;
  /** The far end's address behind port N, from 1. */
  readonly farAddress: (port: number) => string;
  /** The processes that carry the frames. */
  readonly processes: () => Promise<readonly number[]>;
  readonly takeDown: () => Promise<void>;
}

export interface HostRig extends Rig {
  /** The document of `tools/ports --json`. */
  readonly counters: () => Promise<string>;
}

interface End {
  readonly netns: string;
  readonly interface: string;
}

/** The whole path: the host with an adapter whose ports speak these framings and whose cables lead to TAPs in a namespace. */
export async function hostRig(framings: readonly FunctionFraming[]): Promise<HostRig> {
  const holder = await holdNamespace();
  const farPath = `/proc/${holder.pid}/ns/net`;
  const { daemon: program, bundle } = hostProducts('dev');
  const stateFolder = await makeTemporaryState('bench');
  const daemon = await startDaemon({ daemon: program, bundles: [bundle], stateFolder });
  const control = await Control.open(stateFolder);
  const numbers = framings.map((_, index) => index + 1);
  // A link of 1 Gbit/s would be no limit here either, but let nobody think so.
  const cables = numbers.map((port) => ({ tap: `far${port}`, netns: farPath }));
  await control.request('plug', { ports: framings.length, framings, megabits: 10_000, cables });
  await control.request('quiet');
  const servers: ChildProcess[] = [];
  for (const { name, port } of await control.request<HostInterface[]>('interfaces'))
    servers.push(
      await joinEnds(port, { netns: daemon.netns, interface: name }, { netns: farPath, interface: `far${port}` }),
    );
  return {
    run: (...command) => inside(daemon.netns, command),
    farAddress,
    processes: async () => {
      const found = await control.request<{ pid: number }[]>('servers');
      return [daemon.pid, ...found.map(({ pid }) => pid)];
    },
    counters: async () => {
      const options = { env: { MULTIPORT_HOST_STATE: stateFolder } };
      return (await execa(join(PROJECT_ROOT, 'tools', 'ports'), ['--json'], options)).stdout;
    },
    takeDown: async () => {
      for (const server of servers) server.kill();
      daemon.kill('SIGTERM');
      await daemon.ended;
      control.close();
      holder.kill();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

/** What the path is measured against: a program that prints where its two ends are and forwards until its input ends. */
export async function programRig(name: 'tap-forwarder' | 'port-loop'): Promise<Rig> {
  const child = spawn(join(nativeFolder('dev'), 'test', name), { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = await firstLine(child.stdout);
  if (line === undefined) throw new UserError(`${name} did not start`, 'It says why above.');
  const ends = JSON.parse(line) as { interface: string; left: string; right: string };
  // The paths are the program's own.
  const at = (path: string) => path.replace('/self/', `/${child.pid}/`);
  const near = { netns: at(ends.left), interface: ends.interface };
  const server = await joinEnds(1, near, { netns: at(ends.right), interface: ends.interface });
  return {
    run: (...command) => inside(near.netns, command),
    farAddress,
    processes: async () => [child.pid ?? 0],
    takeDown: async () => {
      server.kill();
      const ended = once(child, 'close');
      child.stdin.end();
      await ended;
    },
  };
}

/** Undefined when the output ends before there is one. */
async function firstLine(output: Readable): Promise<string | undefined> {
  for await (const line of createInterface({ input: output })) return line;
  return undefined;
}

const farAddress = (port: number) => `10.88.${port}.2`;

/** Gives both ends addresses, waits until they reach each other and starts the server at the far one. */
async function joinEnds(port: number, near: End, far: End): Promise<ChildProcess> {
  for (const [end, address] of [
    [near, `10.88.${port}.1/24`],
    [far, `10.88.${port}.2/24`],
  ] as const) {
    await inside(end.netns, ['ip', 'address', 'add', address, 'dev', end.interface]);
    await inside(end.netns, ['ip', 'link', 'set', end.interface, 'up']);
  }
  await inside(near.netns, ['ping', '-c', '1', '-w', '10', farAddress(port)]);
  const command = ['iperf3', '--server', '--forceflush', '--bind', farAddress(port)];
  // It ends with us, however we end; what it says about being ended interests nobody.
  const inPlace = ['--pdeathsig', 'TERM', 'nsenter', `--net=${far.netns}`, '--', ...command];
  const server = spawn('setpriv', inPlace, { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(server.stdout, 'data');
  server.stdout.resume();
  return server;
}

async function inside(netns: string, command: readonly string[]): Promise<string> {
  return (await execa('nsenter', [`--net=${netns}`, '--', ...command])).stdout;
}

/** A network namespace that lives as long as the process that is returned. */
async function holdNamespace(): Promise<ChildProcess> {
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'ip link set lo up && echo ready && exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  return holder;
}
