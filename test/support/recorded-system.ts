// recorded-system.ts — a System whose programs are recordings: what was asked of it can be read back, nothing is started.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { rmSync } from 'node:fs';
import { filesBelow } from '../../tools/adapters/files.ts';
import type { ExecuteOptions, HttpRequest, HttpResponse, Ran, System } from '../../tools/adapters/system.ts';
import { Secret } from '../../tools/model/secret.ts';
import { EXIT, UserError } from '../../tools/model/user-error.ts';

import { FAKE_ROOTS } from './signing/fake-apple.ts';
import { throwAwayFolder } from './throw-away.ts';

/** What a program answers; a function may look at its arguments and change what comes later. */
export type Recording =
  | Partial<Ran>
  | string
  | ((args: readonly string[], input: string) => Partial<Ran> | string | Promise<Partial<Ran> | string>);

export interface RecordedSystem extends System {
  /** The folder that plays the root of the file system. */
  readonly root: string;
  /** Every program that was asked for, as one line. */
  readonly commands: readonly string[];
  /** What the tool printed. */
  readonly printed: { out: string; err: string };
  /** What went to the standard input of programs. */
  readonly inputs: readonly string[];
  /** Ctrl-C, which only interruptible work takes note of. */
  readonly interrupt: () => void;
  /** Lets go of the throw-away folder. */
  readonly dispose: () => void;
}

export interface Recorded {
  readonly platform?: NodeJS.Platform;
  readonly now?: Date;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly columns?: number;
  /** By the longest beginning of a command line that fits: `'security find-identity'`, `'csrutil'`. */
  readonly programs?: Readonly<Record<string, Recording>>;
  readonly http?: (request: HttpRequest) => Promise<HttpResponse>;
}

/** Files are real ones, below a throw-away folder that plays the root; a program without a recording cannot be started. */
export function recordedSystem(recorded: Recorded = {}): RecordedSystem {
  const root = throwAwayFolder();
  const commands: string[] = [];
  const inputs: string[] = [];
  const printed = { out: '', err: '' };
  let ctrlC: AbortController | undefined;
  let made = 0;
  let clock = (recorded.now ?? new Date('2026-08-01T12:00:00Z')).getTime();
  return {
    root,
    commands,
    inputs,
    printed,
    dispose: () => rmSync(root, { recursive: true, force: true }),
    platform: recorded.platform ?? 'darwin',
    now: () => new Date(clock),
    environment: recorded.environment ?? {},
    home: '/Users/me',
    workingDirectory: '/Users/me/multiport',
    files: filesBelow(root),
    interactive: false,
    trustedRoots: FAKE_ROOTS,
    input: async () => recorded.input ?? '',
    makeRsaKey: (bits) => rsaKey(made++, bits),
    interruptible: async (work) => {
      ctrlC = new AbortController();
      const { signal } = ctrlC;
      try {
        const result = await work(signal);
        signal.throwIfAborted();
        return result;
      } catch (error) {
        throw signal.aborted ? signal.reason : error;
      } finally {
        ctrlC = undefined;
      }
    },
    interrupt: () => ctrlC?.abort(new UserError('Interrupted', 'Run it again when you like.', EXIT.interrupted)),
    wait: async (milliseconds) => {
      ctrlC?.signal.throwIfAborted();
      clock += milliseconds; // time passes without anybody waiting
    },
    out: (text) => {
      printed.out += `${text}\n`;
    },
    columns: recorded.columns ?? Number.POSITIVE_INFINITY,
    err: (text) => {
      printed.err += `${text}\n`;
    },
    http: recorded.http ?? noNetwork,
    execute: async (program, args, options) => {
      const line = [program, ...args].join(' ');
      commands.push(line);
      const input = inputOf(options);
      if (input !== '') inputs.push(input);
      const name = Object.keys(recorded.programs ?? {})
        .filter((beginning) => line === beginning || line.startsWith(`${beginning} `))
        .sort((a, b) => b.length - a.length)[0];
      const recording = name === undefined ? undefined : recorded.programs?.[name];
      if (recording === undefined)
        throw new UserError(`${program} cannot be started`, 'Is it installed and in PATH? ENOENT');
      const ran = ranOf(typeof recording === 'function' ? await recording(args, input) : recording);
      if (options?.onLine)
        for (const line of ran.stdout.split('\n').filter((text) => text !== '')) options.onLine(line);
      return ran;
    },
  };
}

const keys = new Map<string, KeyObject>();

/** Making one takes a while, so every system gets the same ones: its first, its second and so on are different keys. */
function rsaKey(number: number, bits: number): KeyObject {
  const name = `${number} ${bits}`;
  const key = keys.get(name) ?? generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
  keys.set(name, key);
  return key;
}

const ranOf = (recording: Partial<Ran> | string): Ran =>
  typeof recording === 'string'
    ? { exitCode: 0, stdout: recording, stderr: '' }
    : { exitCode: 0, stdout: '', stderr: '', ...recording };

const inputOf = (options: ExecuteOptions | undefined): string =>
  options?.input instanceof Secret ? options.input.reveal() : (options?.input ?? '');

async function noNetwork({ url }: HttpRequest): Promise<never> {
  throw new UserError(`${new URL(url).host} does not answer (ENOTFOUND)`, 'Check the connection and try again.');
}
