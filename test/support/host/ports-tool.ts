import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import type { RunningHost } from './running-host.ts';

/** What of a port's JSON the tests look at. */
export interface PortJson {
  readonly number: number;
  readonly label: string;
  readonly interface: string | null;
  readonly mac: string;
  readonly linkUp: boolean;
  readonly capturing: boolean;
  readonly denied: boolean;
  readonly addresses: readonly string[];
  readonly counters: Readonly<
    Record<
      'receivedByController' | 'receivedByPort' | 'transmittedByPort' | 'transmittedByController',
      { readonly frames: number; readonly bytes: number; readonly dropped: Readonly<Record<string, number>> }
    >
  > | null;
  readonly rates: Readonly<Record<string, number>> | null;
}

export interface PortsJson {
  readonly news?: readonly string[];
  readonly adapters: readonly { readonly serial: string; readonly ports: readonly PortJson[] }[];
}

/** `tools/ports` as its user starts it, talking to a test's host, with its settings in the test's folder. */
export class PortsTool {
  static readonly #started = new Set<PortsTool>();

  /** Ends what a test that failed has left running. */
  static async endAll(): Promise<void> {
    for (const tool of PortsTool.#started) tool.child.kill('SIGKILL');
    await Promise.all([...PortsTool.#started].map((tool) => tool.ended()));
  }

  readonly child: ChildProcess;
  readonly lines: string[] = [];
  err = '';
  readonly #ended: Promise<number>;
  #waiting: (() => void)[] = [];

  constructor(host: RunningHost, ...args: readonly string[]) {
    this.child = spawn(process.execPath, [join(PROJECT_ROOT, 'tools/ports'), ...args], {
      env: {
        ...process.env,
        MULTIPORT_HOST_STATE: host.stateFolder,
        XDG_CONFIG_HOME: join(host.stateFolder, 'config'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { stdout, stderr } = this.child;
    if (!stdout || !stderr) throw new Error('both are pipes');
    createInterface({ input: stdout }).on('line', (line) => this.#take(this.lines.push(line)));
    stderr.on('data', (bytes: Buffer) => {
      this.err += bytes.toString();
      this.#take();
    });
    this.#ended = once(this.child, 'close').then(([code, signal]) => (code as number | null) ?? signal);
    PortsTool.#started.add(this);
    void this.#ended.then(() => {
      PortsTool.#started.delete(this);
      this.#take();
    });
  }

  /** Settles when `isSo` after some output, or throws with all of it when the tool ends before. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`it ended: ${this.lines.join('\n')}\n${this.err}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The next whole document of `--watch --json` that is so. */
  async document(isSo: (document: PortsJson) => boolean = () => true): Promise<PortsJson> {
    let next = this.lines.length;
    let found: PortsJson | undefined;
    await this.until(() => {
      for (; !found && next < this.lines.length; next++) {
        const document = JSON.parse(this.lines[next] ?? '') as PortsJson;
        if (isSo(document)) found = document;
      }
      return found !== undefined;
    });
    if (!found) throw new Error('until() settles only when it is there');
    return found;
  }

  /** What a capture said last. */
  sum(): { readonly frames: number; readonly lost: number } {
    const [, frames, lost] = /^(\d+) frames, (\d+) lost$/m.exec(this.err) ?? [];
    if (frames === undefined || lost === undefined) throw new Error(`no sum: ${this.err}`);
    return { frames: Number(frames), lost: Number(lost) };
  }

  /** Ctrl-C; the exit status. */
  async interrupt(): Promise<number> {
    this.child.kill('SIGINT');
    return this.#ended;
  }

  ended = (): Promise<number> => this.#ended;

  static async run(host: RunningHost, ...args: readonly string[]) {
    const tool = new PortsTool(host, ...args);
    const exitCode = await tool.ended();
    return { exitCode, out: tool.lines.join('\n'), err: tool.err };
  }

  #take(_?: number): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
