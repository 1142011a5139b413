import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { UserError } from '../../model/user-error.ts';

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly words: string; readonly fix: string };
  readonly event?: unknown;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onEvent?: (event: unknown) => void;
}

/** The control socket of a running host: requests and events as dext/host/kernel/README.md lists them. */
export class Control {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #ended: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    createInterface({ input: socket }).on('line', (line) => this.#take(JSON.parse(line) as Answer));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new UserError('The host has ended', 'Start it again with: tools/host up')));
  }

  /** Connects to the host whose state folder this is; a UserError says when none runs there. */
  static open(stateFolder: string): Promise<Control> {
    return new Promise((resolve, reject) => {
      const socket = connect(join(stateFolder, 'control'));
      socket.once('error', (error: NodeJS.ErrnoException) => reject(whyNot(stateFolder, error)));
      socket.once('connect', () => {
        socket.removeAllListeners('error');
        resolve(new Control(socket));
      });
    });
  }

  /** One request; its result, or the host's own words as a UserError. `onEvent` gets what a following request sends later. */
  request<T>(
    request: string,
    parameters: Readonly<Record<string, unknown>> = {},
    onEvent?: (event: unknown) => void,
  ): Promise<T> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject, ...(onEvent && { onEvent }) });
      this.#socket.write(`${JSON.stringify({ ...parameters, request, id })}\n`);
    });
  }

  /** Settles when the host has closed the connection. */
  closed(): Promise<void> {
    return this.#ended ? Promise.resolve() : new Promise((resolve) => this.#socket.once('close', () => resolve()));
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    if (answer.event !== undefined) {
      waiting?.onEvent?.(answer.event);
      return;
    }
    if (!waiting?.onEvent || answer.error) this.#waiting.delete(answer.id); // one that follows gets events after its result
    if (answer.error) waiting?.reject(new UserError(answer.error.words, answer.error.fix));
    else waiting?.resolve(answer.result);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

const whyNot = (stateFolder: string, { code }: NodeJS.ErrnoException) =>
  code === 'EACCES'
    ? new UserError(
        `The host in ${stateFolder} is another user's`,
        'Start one of your own with: tools/host up --state DIR',
      )
    : new UserError(`No host runs with its state in ${stateFolder}`, 'Start one with: tools/host up');
