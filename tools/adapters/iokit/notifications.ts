// notifications.ts — news of IOKit on a thread of its library in, calls of our functions on the event loop out.

import koffi from 'koffi';
import type { IoKit, Pointer, Port } from './library.ts';

/** A completion of an asynchronous call: what it returned and its arguments. */
export type Completion = (result: number, args: readonly bigint[]) => void;
/** An iterator that has something; it has to be emptied, or no more news comes. */
export type Arrival = (iterator: Port) => void;

const CALLOUT = { reserved: 0, func: 1, refcon: 2, count: 3, words: 8 } as const;
const MOST_ARGUMENTS = 16;

/** One port for all news, and who is meant by which. */
export class Notifications {
  readonly port: Pointer;
  readonly #ioKit: IoKit;
  readonly #completed: Pointer;
  readonly #arrived: Pointer;
  readonly #completions = new Map<bigint, Completion>();
  readonly #arrivals = new Map<bigint, Arrival>();
  /** Callbacks to come do not keep Node alive: who waits for news would end before it comes. */
  readonly #awake = setInterval(() => undefined, 2 ** 30);
  #next = 1n;

  constructor(ioKit: IoKit) {
    this.#ioKit = ioKit;
    const port = ioKit.createNotificationPort(0);
    if (port === null) throw new Error('no memory for a notification port');
    this.port = port;
    ioKit.setDispatchQueue(port, ioKit.globalQueue(0, 0));
    // Registered for good (see library.ts); `refcon` is a number of ours, never an address.
    this.#completed = koffi.register(
      (refcon: bigint | number, result: number, args: Pointer | null, count: number) =>
        this.#completions.get(BigInt(refcon))?.(result, argumentsAt(args, count)),
      koffi.pointer(koffi.proto('void (uintptr_t refcon, int result, void *args, uint32_t count)')),
    );
    this.#arrived = koffi.register(
      (refcon: bigint | number, iterator: Port) => this.#arrivals.get(BigInt(refcon))?.(iterator),
      koffi.pointer(koffi.proto('void (uintptr_t refcon, uint32_t iterator)')),
    );
  }

  /** For IOConnectCallAsync…: the port to wake and the reference that names callback and completion. */
  completion(completion: Completion): { readonly wakePort: Port; readonly reference: BigUint64Array; forget(): void } {
    const refcon = this.#next++;
    this.#completions.set(refcon, completion);
    const reference = new BigUint64Array(CALLOUT.words);
    reference[CALLOUT.func] = this.#completed;
    reference[CALLOUT.refcon] = refcon;
    return {
      wakePort: this.#ioKit.machPort(this.port),
      reference,
      forget: () => void this.#completions.delete(refcon),
    };
  }

  /** For IOServiceAddMatchingNotification. */
  arrival(arrival: Arrival): { readonly callback: Pointer; readonly refcon: bigint } {
    const refcon = this.#next++;
    this.#arrivals.set(refcon, arrival);
    return { callback: this.#arrived, refcon };
  }

  close(): void {
    clearInterval(this.#awake);
    this.#completions.clear();
    this.#arrivals.clear();
    this.#ioKit.destroyNotificationPort(this.port);
  }
}

export const REFERENCE_COUNT = CALLOUT.count;

/** `void **args`: integers that travel as pointers. The array is the library's and only there while we are called. */
const argumentsAt = (args: Pointer | null, count: number): readonly bigint[] =>
  args === null || count === 0
    ? []
    : Array.from(koffi.decode(args, 'uint64_t', Math.min(count, MOST_ARGUMENTS)) as ArrayLike<number | bigint>, BigInt);
