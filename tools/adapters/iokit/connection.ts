// connection.ts — one IOServiceOpen: calls with numbers and bytes in and out, memory mapped, news; all of it let go of by `close`.

import koffi from 'koffi';
import { CLIENT_TYPE } from '../../model/client/protocol.ts';
import { type IoKit, onItsOwnThread, type Port } from './library.ts';
import { type Notifications, REFERENCE_COUNT } from './notifications.ts';
import { demand, refusal } from './refusals.ts';

const ANYWHERE = 1; // kIOMapAnywhere
const NO_LONGER_OPEN = 0xe00002cd; // kIOReturnNotOpen

export interface Answer {
  readonly scalars: readonly bigint[];
  readonly bytes: Uint8Array;
}

interface Request {
  /** What is asked, for the error: `to reset port 3`. */
  readonly what: string;
  readonly selector: number;
  readonly scalars?: readonly (number | bigint)[];
  readonly bytes?: Uint8Array;
  /** How much of each may come back. */
  readonly scalarsOut?: number;
  readonly bytesOut?: number;
}

export class Connection {
  readonly #ioKit: IoKit;
  readonly #notifications: Notifications;
  readonly #port: Port;
  readonly #mapped: { readonly kind: number; readonly address: bigint }[] = [];
  #forget: () => void = () => undefined;
  #isClosed = false;

  private constructor(ioKit: IoKit, notifications: Notifications, port: Port) {
    this.#ioKit = ioKit;
    this.#notifications = notifications;
    this.#port = port;
  }

  /** Throws a UserError when the driver does not let us in. */
  static async open(ioKit: IoKit, notifications: Notifications, service: Port): Promise<Connection> {
    const port = new Uint32Array(1);
    demand('to connect', await onItsOwnThread(ioKit.open, service, ioKit.taskSelf, CLIENT_TYPE, port));
    return new Connection(ioKit, notifications, port[0] ?? 0);
  }

  async call({ what, selector, scalars = [], bytes, scalarsOut = 0, bytesOut = 0 }: Request): Promise<Answer> {
    if (this.#isClosed) throw refusal(what, NO_LONGER_OPEN);
    const output = new BigUint64Array(Math.max(1, scalarsOut));
    const outputCount = Uint32Array.of(scalarsOut);
    const struct = new Uint8Array(Math.max(1, bytesOut));
    const structSize = BigUint64Array.of(BigInt(bytesOut));
    const result = await onItsOwnThread(
      this.#ioKit.callMethod,
      this.#port,
      selector,
      scalars.length > 0 ? BigUint64Array.from(scalars, BigInt) : null,
      scalars.length,
      bytes && bytes.length > 0 ? bytes : null,
      bytes?.length ?? 0,
      scalarsOut > 0 ? output : null,
      scalarsOut > 0 ? outputCount : null,
      bytesOut > 0 ? struct : null,
      bytesOut > 0 ? structSize : null,
    );
    demand(what, result);
    return {
      scalars: [...output.subarray(0, Math.min(outputCount[0] ?? 0, scalarsOut))],
      bytes: struct.slice(0, Math.min(Number(structSize[0] ?? 0n), bytesOut)),
    };
  }

  /** Completions go to `onNews` until `close`; those of an earlier call of this do not any more. */
  async listen(what: string, selector: number, onNews: (args: readonly bigint[]) => void): Promise<void> {
    const { wakePort, reference, forget } = this.#notifications.completion((result, args) => {
      if (result === 0) onNews(args);
    });
    this.#forget();
    this.#forget = forget;
    const call = this.#ioKit.callAsyncScalarMethod;
    demand(
      what,
      await onItsOwnThread(
        call,
        this.#port,
        selector,
        wakePort,
        reference,
        REFERENCE_COUNT,
        null,
        0,
        null,
        Uint32Array.of(0),
      ),
    );
  }

  /**
   * Memory of the driver in ours, in place: nothing is copied. It is there until `close`, and no later: who keeps the result
   * must not look into it afterwards.
   */
  async map(what: string, kind: number): Promise<ArrayBuffer> {
    const address = new BigUint64Array(1);
    const size = new BigUint64Array(1);
    const { mapMemory, taskSelf } = this.#ioKit;
    demand(what, await onItsOwnThread(mapMemory, this.#port, kind, taskSelf, address, size, ANYWHERE));
    const [at = 0n] = address;
    this.#mapped.push({ kind, address: at });
    return koffi.view(at, Number(size[0] ?? 0n));
  }

  /** Mappings first, then the connection; the driver hears of it on a thread, so that one that hangs holds nobody up. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#forget();
    for (const { kind, address } of this.#mapped)
      this.#ioKit.unmapMemory(this.#port, kind, this.#ioKit.taskSelf, address);
    void onItsOwnThread(this.#ioKit.close, this.#port);
  }
}
