import { basename } from 'node:path';
import { hostProducts } from '../../../tools/adapters/host/build.ts';
import type { LogLine, Ready } from '../../../tools/model/host/answers.ts';
import type { LiveGuest } from './live-guest.ts';
import { logText, type Witness } from './witness.ts';

/** What a refused request says. */
export interface Refused {
  readonly words: string;
  readonly fix: string;
}

/** A host with the driver inside a guest, where it has devices to open. */
export class GuestHost implements Witness {
  readonly name = 'The host in the guest';
  readonly #guest: LiveGuest;
  readonly #state: string;
  readonly #ready: Ready;

  private constructor(guest: LiveGuest, state: string, ready: Ready) {
    this.#guest = guest;
    this.#state = state;
    this.#ready = ready;
  }

  /**
   * `prefix`: a program that runs the daemon, for example as somebody else; so it runs from copies that everybody may read, however
   * private the checkout is.
   */
  static async start(guest: LiveGuest, state: string, prefix = ''): Promise<GuestHost> {
    const { daemon, bundle } = hostProducts(process.env.MULTIPORT_TEST_PRESET ?? 'dev');
    const copies = `${state}-programs`;
    const ready = await guest.run(`mkdir -m 777 ${state}
      mkdir ${copies}; cp -r ${daemon} ${bundle} ${copies}; chmod -R a+rX ${copies}
      test/vm/guest/serve.sh ${copies}/log '"ready"' ${prefix} ${copies}/${basename(daemon)} --state ${state} \
        --bundle ${copies}/${basename(bundle)}`);
    return new GuestHost(guest, state, JSON.parse(ready) as Ready);
  }

  /** One request; its result. Throws with the host's words when it refuses. */
  async request<T>(request: string, parameters: object = {}): Promise<T> {
    const answer = await this.ask<T>(request, parameters);
    if (answer.result !== undefined) return answer.result;
    throw new Error(`${answer.error?.words}\n${answer.error?.fix}`);
  }

  async ask<T>(request: string, parameters: object = {}): Promise<{ result?: T; error?: Refused }> {
    const line = JSON.stringify({ ...parameters, request });
    return JSON.parse(await this.#guest.run(`node test/vm/guest/ask.mjs ${this.#state} '${line}'`));
  }

  /** A bash script where the interfaces are. */
  run = (script: string) => this.#guest.run(`nsenter --net=${this.#ready.netns} bash -e -o pipefail -c '${script}'`);

  /** Its log; when it does not answer, what it wrote. */
  testimony = () =>
    this.request<{ lines: LogLine[] }>('log').then(
      ({ lines }) => logText(lines),
      () => this.#guest.run(`cat ${this.#state}-programs/log`),
    );

  stop = () => this.request('down');
}
