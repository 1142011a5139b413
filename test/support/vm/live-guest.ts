import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type GuestResult, startQemu } from './guest.ts';
import type { GuestImage } from './image.ts';
import type { Witness } from './witness.ts';

type Ended = ReturnType<typeof startQemu>;

/** A guest that stays, and runs scripts one after the other while the test does other things. */
export class LiveGuest implements Witness {
  readonly name = 'The guest';
  /** The port of this machine's loopback interface behind which the guest's USB/IP server listens, when one runs. */
  readonly usbipPort: number;
  readonly #folder: string;
  readonly #agent: Socket;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Ended;

  private constructor(folder: string, usbipPort: number, agent: Socket, ended: Ended) {
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
    const listener = createServer().listen(agentSocket);
    await once(listener, 'listening');
    const usbipPort = await freePort();
    const ended = startQemu(image, folder, 'exec test/vm/guest/agent.sh', {
      ...options,
      limit: 900,
      network: true,
      forward: [{ from: usbipPort, to: 3240 }],
      agentSocket,
    });
    const guest = new LiveGuest(folder, usbipPort, await connection(listener, ended), ended);
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

  /** What its kernel said, as far as it can still be asked; else its console, which has the panic. */
  testimony = async () => (this.#console().includes('Kernel panic') ? this.#console() : this.run('dmesg | tail -n 30'));

  async stop(): Promise<void> {
    this.#agent.write('end\n');
    await this.#ended;
    this.#agent.destroy();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #console = () => readFileSync(join(this.#folder, 'console'), 'utf8').split('\n').slice(-30).join('\n');

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (!done) return value;
    throw new Error(`The guest has ended. Its console:\n${this.#console()}`);
  }
}

/** QEMU's connection to a socket of ours, and no other after it. Throws when QEMU ends instead, with its words. */
async function connection(listener: Server, ended: Ended): Promise<Socket> {
  const end = ended.then(({ shortMessage, stderr }) => {
    throw new Error(`QEMU did not start. ${shortMessage}\n${stderr}`);
  });
  const [socket] = await Promise.race([once(listener, 'connection'), end]);
  listener.close();
  end.catch(() => undefined); // it ends some time
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
