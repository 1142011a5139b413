import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Ready } from '../../model/host/answers.ts';
import { UserError } from '../../model/user-error.ts';

export interface DaemonOptions {
  readonly daemon: string;
  readonly bundles: readonly string[];
  readonly stateFolder: string;
  readonly oneProcess?: boolean;
  /** 'own': interfaces in a namespace of the host; 'current': in the caller's. */
  readonly namespace?: 'own' | 'current';
  /** false: TAPs without super-frames, so that the OS's counters count frames. */
  readonly offload?: boolean;
  /** Goes on when the caller ends; any other daemon ends with its caller, however that ends. */
  readonly detached?: boolean;
  /** Its state folder goes with it. */
  readonly temporary?: boolean;
  /** In a session of its own: Ctrl-C on the terminal is for the caller alone, who then ends the daemon in order. */
  readonly ownSession?: boolean;
}

export interface Daemon extends Ready {
  /** Settles with the exit code, or the signal's name, when the daemon has ended. */
  readonly ended: Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
}

/** The folder a host keeps its socket and its names in when nobody says otherwise. */
export function defaultStateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.MULTIPORT_HOST_STATE) return environment.MULTIPORT_HOST_STATE;
  return join(environment.XDG_RUNTIME_DIR ?? tmpdir(), `multiport-host-${process.getuid?.() ?? 0}`);
}

/** Starts the daemon and waits for its ready line. What it writes to stderr goes to `daemon.log` in its state folder. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const logFile = join(options.stateFolder, 'daemon.log');
  const log = openLog(options.stateFolder, logFile);
  const child = spawn(options.daemon, daemonArguments(options), {
    stdio: [options.detached ? 'ignore' : 'pipe', 'pipe', log],
    detached: options.detached || options.ownSession || false,
  });
  closeSync(log);
  const { stdout } = child;
  if (!stdout) throw new Error('a piped stdout is there');
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    child.once('error', (error) => resolve(error.message));
  });
  const firstLine = new Promise<string>((resolve) => createInterface({ input: stdout }).once('line', resolve));
  const first = await Promise.race([firstLine, ended.then((end) => ({ end }))]);
  if (typeof first !== 'string') {
    const words = readFileSync(logFile, 'utf8').trim().split('\n').slice(-10).join('\n');
    throw new UserError(`The host did not start (${first.end})\n${words}`, `Its log: ${logFile}`);
  }
  if (options.detached) child.unref();
  stdout.destroy();
  return { ...(JSON.parse(first) as Ready), ended, kill: (signal) => void child.kill(signal) };
}

/** The folder is made when it is missing. */
function openLog(stateFolder: string, logFile: string): number {
  try {
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
    return openSync(logFile, 'w', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`The host cannot keep its state in ${stateFolder} (${code})`, 'Give another with --state DIR.');
  }
}

function daemonArguments(options: DaemonOptions): string[] {
  return [
    ...['--state', options.stateFolder],
    ...options.bundles.flatMap((bundle) => ['--bundle', bundle]),
    ...(options.oneProcess ? ['--one-process'] : []),
    ...(options.offload === false ? ['--offload', 'off'] : []),
    ...(options.namespace ? ['--namespace', options.namespace] : []),
    ...(options.detached ? [] : ['--tied']),
    ...(options.temporary ? ['--temporary'] : []),
  ];
}

/** The program and arguments that run a command in the namespaces the host's interfaces are in. */
export function inNamespace(ready: Pick<Ready, 'pid' | 'netns'>, command: readonly string[]): [string, ...string[]] {
  const user = process.getuid?.() === 0 ? [] : [`--user=/proc/${ready.pid}/ns/user`, '--preserve-credentials'];
  return ['nsenter', ...user, `--net=${ready.netns}`, '--', ...command];
}
