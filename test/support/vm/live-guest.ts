import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { type GuestResult, startQemu } from './guest.ts';
import type { GuestImage } from './image.ts';

/** A guest that stays, and runs scripts one after the other while the test does other things. */
export class LiveGuest {
  /** The port of this machine's loopback interface behind which the guest's USB/IP server listens, when one runs. */
  readonly usbipPort: number;
  readonly #folder: string;
  readonly #agent: Socket;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;

  private constructor(folder: string, usbipPort: number, agent: Socket, ended: Promise<unknown>) {
    this.#folder = folder;
    this.usbipPort = usbipPort;
    this.#agent = agent;
    this.#lines = createInterface({ input: agent })[Symbol.asyncIterator]();
    this.#ended = ended;
  }

  /** Boots it. Throws with the console's tail when it does not come up. */
  static async start(image: GuestImage, options: { readonly memory?: number } = {}): Promise<LiveGuest> {
    const folder = mkdtempSync(join(tmpdir(), 'multiport-guest-'));
    const agentSocket = join(folder, 'agent');
    const usbipPort = await freePort();
    const ended = startQemu(image, folder, 'exec test/vm/guest/agent.sh', {
      ...options,
      limit: 900,
      network: true,
      forward: [{ from: usbipPort, to: 3240 }],
      agentSocket,
    });
    const agent = await reach(agentSocket, ended);
    const guest = new LiveGuest(folder, usbipPort, agent, ended);
    await guest.#line();
    return guest;
  }

  /** Runs a bash script in the project's folder. What it leaves running must have its output elsewhere. */
  async try(script: string): Promise<GuestResult> {
    this.#agent.write(`${Buffer.from(script).toString('base64')}\n`);
    const [status, output = ''] = (await this.#line()).split(' ');
    return { exitCode: Number(status), output: Buffer.from(output, 'base64').toString().trimEnd() };
  }

  /** As `try`; throws with the script's output when it fails. */
  async run(script: string): Promise<string> {
    const { exitCode, output } = await this.try(`set -e -o pipefail\n${script}`);
    if (exitCode === 0) return output;
    throw new Error(`In the guest, exit status ${exitCode}:\n${script}\n${output}`);
  }

  async stop(): Promise<void> {
    this.#agent.write('end\n');
    await this.#ended;
    this.#agent.destroy();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (!done) return value;
    const console = readFileSync(join(this.#folder, 'console'), 'utf8').split('\n').slice(-30).join('\n');
    throw new Error(`The guest has ended. Its console:\n${console}`);
  }
}

/** QEMU makes the socket while it starts, and says so to nobody. */
async function reach(path: string, ended: Promise<unknown>): Promise<Socket> {
  let end: unknown;
  ended.then((result) => {
    end = result;
  });
  while (!existsSync(path)) {
    if (end !== undefined) throw new Error(`QEMU did not start: ${JSON.stringify(end)}`);
    await setTimeout(20);
  }
  const socket = connect(path);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
