// capture-ring.ts — the ring the controller copies frames into in, frames out.
//
// Two processes share it: the controller owns `tail` and the counts, we own `head`. We believe only our own index and hold
// the other's against it, and every record is checked before it is used: a controller gone mad costs us frames, nothing else.
// Loads and stores of shared words are Atomics' (see counter-page.ts for what that relies on): the acquire of `tail` pairs with
// the driver's release, and our store of `head` (stlr on arm64, xchg on x86-64) comes behind every byte we copied.
//
// Header, 4096 bytes: 0 u32 magic · 4 u32 version · 8 u32 dataBytes · 12 u32 snapLength · 64 u64 tail · 72 u64 captured
//   80 u64 lost · 128 u64 head · 136 u32 wantsSignal
// Record, aligned to 8: 0 u32 recordBytes · 4 u32 capturedLength · 8 u32 frameLength · 12 u16 port · 14 u16 direction
//   16 u64 nanoseconds · 24 u64 lostBefore · 32 bytes. capturedLength 0xffffffff: filler to the end of the data.

export const CAPTURE_RING = { magic: 0x5243504d, version: 1, headerBytes: 4096, recordHeaderBytes: 32 } as const;
export const RING_BYTES = { least: 64 * 1024, most: 16 * 1024 * 1024, usual: 4 * 1024 * 1024 } as const;

const OFFSET = { tail: 64, captured: 72, lost: 80, head: 128, wantsSignal: 136 } as const;
const FILLER = 0xffffffff;

export interface CapturedFrame {
  readonly port: number;
  readonly direction: 'receive' | 'transmit';
  /** By the driver's clock. */
  readonly nanoseconds: bigint;
  /** Bytes of the frame on the wire; `bytes` may be cut short. */
  readonly frameLength: number;
  /** Frames the driver had lost before this one, since the capture began. */
  readonly lostBefore: number;
  /** Ours: copied out of the ring. */
  readonly bytes: Uint8Array;
}

/** Why nobody may go on reading a ring. */
export type RingTrouble = 'header' | 'tail' | 'record';

export class CaptureRing {
  readonly #words: BigUint64Array;
  readonly #flags: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #data: DataView;
  readonly #dataBytes: number;
  #head: bigint;

  private constructor(memory: ArrayBuffer, dataBytes: number) {
    this.#words = new BigUint64Array(memory, 0, CAPTURE_RING.headerBytes / 8);
    this.#flags = new Int32Array(memory, 0, CAPTURE_RING.headerBytes / 4);
    this.#bytes = new Uint8Array(memory, CAPTURE_RING.headerBytes, dataBytes);
    this.#data = new DataView(memory, CAPTURE_RING.headerBytes, dataBytes);
    this.#dataBytes = dataBytes;
    this.#head = this.#load(OFFSET.head);
  }

  /** Reads on from where `head` says. 'header': this memory is no ring of our version. */
  static over(memory: ArrayBuffer): CaptureRing | RingTrouble {
    if (memory.byteLength <= CAPTURE_RING.headerBytes) return 'header';
    const header = new DataView(memory, 0, CAPTURE_RING.headerBytes);
    const dataBytes = header.getUint32(8, true);
    const isOurs =
      header.getUint32(0, true) === CAPTURE_RING.magic && header.getUint32(4, true) === CAPTURE_RING.version;
    const isPowerOfTwo = dataBytes >= 64 && (dataBytes & (dataBytes - 1)) === 0;
    if (!isOurs || !isPowerOfTwo || dataBytes > memory.byteLength - CAPTURE_RING.headerBytes) return 'header';
    return new CaptureRing(memory, dataBytes);
  }

  /** Frames the driver captured and lost so far, by its own count. */
  get counts(): { readonly captured: number; readonly lost: number } {
    return { captured: Number(this.#load(OFFSET.captured)), lost: Number(this.#load(OFFSET.lost)) };
  }

  /**
   * Takes up to `most` frames that lie ready; or says what cannot be true, and then the capture is over: behind a record
   * of the wrong length nobody knows where the next one starts.
   */
  take(most: number): readonly CapturedFrame[] | RingTrouble {
    const tail = this.#load(OFFSET.tail);
    const ready = tail - this.#head;
    if (ready < 0n || ready > BigInt(this.#dataBytes) || tail % 8n !== 0n) return 'tail';
    const frames: CapturedFrame[] = [];
    let head = this.#head;
    while (head !== tail && frames.length < most) {
      const record = this.#read(Number(head % BigInt(this.#dataBytes)), Number(tail - head));
      if (!record) return 'record';
      if (record.frame) frames.push(record.frame);
      head += BigInt(record.recordBytes);
    }
    this.#release(head);
    return frames;
  }

  /** True when there is nothing to take and the driver will signal; only then may the caller wait (as core/ring/ring.h). */
  mayWait(): boolean {
    Atomics.exchange(this.#flags, OFFSET.wantsSignal / 4, 1);
    return this.#load(OFFSET.tail) === this.#head;
  }

  /** Lengths are read once into our own variables: the shared ones may change under our hands. */
  #read(at: number, ready: number): { readonly recordBytes: number; readonly frame?: CapturedFrame } | undefined {
    const room = Math.min(ready, this.#dataBytes - at);
    if (room < 8) return undefined;
    const recordBytes = this.#data.getUint32(at, true);
    const capturedLength = this.#data.getUint32(at + 4, true);
    if (recordBytes < 8 || recordBytes % 8 !== 0 || recordBytes > room) return undefined;
    if (capturedLength === FILLER) return recordBytes === this.#dataBytes - at ? { recordBytes } : undefined;
    if (recordBytes < CAPTURE_RING.recordHeaderBytes) return undefined;
    if (capturedLength > recordBytes - CAPTURE_RING.recordHeaderBytes) return undefined;
    const frameLength = this.#data.getUint32(at + 8, true);
    if (capturedLength > frameLength) return undefined;
    const start = at + CAPTURE_RING.recordHeaderBytes;
    const frame: CapturedFrame = {
      frameLength,
      port: this.#data.getUint16(at + 12, true),
      direction: this.#data.getUint16(at + 14, true) === 0 ? 'receive' : 'transmit',
      nanoseconds: this.#data.getBigUint64(at + 16, true),
      lostBefore: Number(this.#data.getBigUint64(at + 24, true)),
      bytes: this.#bytes.slice(start, start + capturedLength),
    };
    return { recordBytes, frame };
  }

  #release(head: bigint): void {
    this.#head = head;
    Atomics.store(this.#words, OFFSET.head / 8, head);
  }

  #load(offset: number): bigint {
    return Atomics.load(this.#words, offset / 8);
  }
}
