import type { FunctionFraming } from '../../../tools/model/host/answers.ts';
import type { LiveGuest } from './live-guest.ts';

export interface GadgetOptions {
  readonly count: number;
  /** What each of its functions is; without it all are NCM. */
  readonly functions?: readonly FunctionFraming[];
  readonly speed: 'high' | 'super';
}

/** A composite gadget of Linux in a guest. Port n, from 1, is its function n - 1, with 10.90.n.2 in the guest. */
export class Gadget {
  readonly #guest: LiveGuest;
  readonly ports: readonly number[];

  private constructor(guest: LiveGuest, count: number) {
    this.#guest = guest;
    this.ports = Array.from({ length: count }, (_, index) => index + 1);
  }

  static async up(guest: LiveGuest, { count, functions, speed }: GadgetOptions): Promise<Gadget> {
    const gadget = new Gadget(guest, count);
    const kinds = functions ?? gadget.ports.map(() => 'ncm');
    await guest.run(`test/vm/guest/gadget.sh up ${kinds.join(',')} ${speed}`);
    for (const port of gadget.ports) {
      await guest.run(`ip address add ${gadget.address(port)}/24 dev gad${port - 1}; ip link set gad${port - 1} up`);
    }
    return gadget;
  }

  address = (port: number) => `10.90.${port}.2`;
  /** What it tells the host to use. */
  hostMac = (port: number) => `02:00:00:00:01:${(0x0f + port).toString(16)}`;

  /** Offers it over USB/IP; its bus id. Once for each plug, and again when it was unbound. */
  export = () => this.#guest.run('test/vm/guest/gadget.sh export');
  unbind = () => this.#guest.run('test/vm/guest/gadget.sh unbind');
  bind = () => this.#guest.run('test/vm/guest/gadget.sh bind');
  down = () => this.#guest.run('test/vm/guest/gadget.sh down');

  setLink = (port: number, isUp: boolean) => this.#guest.run(`ip link set gad${port - 1} ${isUp ? 'up' : 'down'}`);

  /** A number the guest's network stack keeps of a port, for example `rx_packets`. */
  statistic = async (port: number, name: string) =>
    Number(await this.#guest.run(`cat /sys/class/net/gad${port - 1}/statistics/${name}`));

  /**
   * Does `work` while small frames go from the gadget to the host. Linux's gadget keeps the last frames of a burst when its
   * timer finds no free request, until 32 frames are together (firmware-info/linux-gadget): these make them complete.
   */
  async flushed<T>(port: number, work: () => Promise<T>): Promise<T> {
    const pid = await this.#guest.run(`setsid ping -q -i 0.01 10.90.${port}.1 >/dev/null 2>&1 & echo $!`);
    const result = await work();
    await this.#guest.run(`kill ${pid}`);
    return result;
  }

  /** An iperf3 server for one test on a port; settles when it listens. */
  serveIperf = (port: number) =>
    this.#guest.run(
      `test/vm/guest/serve.sh /tmp/iperf3.log 'Server listening' iperf3 --server --one-off --forceflush --bind ${this.address(port)}`,
    );
}
