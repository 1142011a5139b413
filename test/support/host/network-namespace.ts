import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { execa } from 'execa';

/** A network namespace of a test's own: the far end of cables. It lives as long as a process in it. */
export class NetworkNamespace {
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  static async create(): Promise<NetworkNamespace> {
    const script = 'ip link set lo up && echo ready && exec cat';
    const holder = spawn('unshare', ['--net', 'sh', '-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (holder.stdout) await once(holder.stdout, 'data');
    return new NetworkNamespace(holder);
  }

  get path(): string {
    return `/proc/${this.#holder.pid}/ns/net`;
  }

  /** Runs a program in the namespace; throws with its output when it fails. */
  async run(...command: string[]): Promise<string> {
    return (await execa('nsenter', [`--net=${this.path}`, '--', ...command], { all: true })).all;
  }

  /** Starts a program in the namespace and returns when it has printed its first bytes. */
  async start(...command: string[]): Promise<ChildProcess> {
    const child = spawn('nsenter', [`--net=${this.path}`, '--', ...command], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (child.stdout) await once(child.stdout, 'data');
    return child;
  }

  async close(): Promise<void> {
    const ended = once(this.#holder, 'close');
    this.#holder.stdin?.end();
    await ended;
  }
}
