import { describe, expect, it } from 'vitest';
import { CAPTURE_RING, CaptureRing } from '../../../tools/model/client/capture-ring.ts';
import { COUNTER_PAGE, PATHS, readCounterPage } from '../../../tools/model/client/counter-page.ts';
import {
  type DeviceReport,
  type PortReport,
  readDeviceReport,
  readPortReport,
} from '../../../tools/model/client/protocol.ts';
import { hexBytes, meanings, readVectors, type Vector } from '../../support/vectors.ts';

const FOLDER = 'test/wire/client';
const memoryOf = (bytes: Uint8Array) => bytes.slice().buffer;
const numbers = (text: string) => text.split(' ').map(BigInt);
const one = (vector: Vector, key: string) => meanings(vector, key)[0] ?? '';

describe('reports of the user client', () => {
  it.each(readVectors(`${FOLDER}/reports.vectors`))('the tools read what the driver writes: $name', (vector) => {
    const read = one(vector, 'report') === 'device' ? readDeviceReport : readPortReport;
    const report = read(vector.bytes);
    for (const [key, value] of vector.meaning.filter(([key]) => key !== 'report')) {
      expect(key === 'flags' ? flagsOf(report) : String(report?.[key as keyof typeof report]), key).toBe(value);
    }
    expect(read(vector.bytes.subarray(1))).toBeUndefined();
  });
});

const FLAGS = ['attached', 'enabled', 'linkUp', 'capturing', 'denied'] as const;
const flagsOf = (report: DeviceReport | PortReport | undefined) =>
  FLAGS.filter((flag) => (report as PortReport | undefined)?.[flag]).join(' ') || 'none';

describe('the counter page', () => {
  it.each(readVectors(`${FOLDER}/counter-page.vectors`))('$name', (vector) => {
    const page = readCounterPage(memoryOf(vector.bytes));
    const [refused] = meanings(vector, 'refused');
    if (refused !== undefined || typeof page === 'string') return expect(page).toBe(refused);
    expect(String(page.heartbeat)).toBe(one(vector, 'heartbeat'));
    expect(page.writing.map(String)).toEqual(meanings(vector, 'writing'));
    expect(page.ports.map(textOf)).toEqual(meanings(vector, 'port'));
    for (const path of PATHS)
      expect(page.ports.map((port) => pathText(port.index, port[path]))).toEqual(meanings(vector, path));
    expect(page.ports.map((port) => [port.index, ...Object.values(port.verdicts)].join(' '))).toEqual(
      meanings(vector, 'verdicts'),
    );
  });

  it('is read again when it changes under the reader’s hands', () => {
    const [vector] = readVectors(`${FOLDER}/counter-page.vectors`);
    const memory = memoryOf(vector?.bytes ?? new Uint8Array());
    const words = new BigUint64Array(memory);
    const first = COUNTER_PAGE.headerBytes / 8;
    let looks = 0;
    const load = Atomics.load;
    // Another process in the middle of our copy: the record is written anew, its sequence goes on by two.
    Atomics.load = ((array: BigUint64Array, index: number) => {
      if (index === first + 10 && looks++ === 0) {
        words[first] = (words[first] ?? 0n) + 2n;
        words[first + 4] = 7777n;
      }
      return load(array, index);
    }) as typeof Atomics.load;
    try {
      const page = readCounterPage(memory);
      expect(typeof page !== 'string' && page.ports[0]?.receivedByController.frames).toBe(7777n);
      expect(looks).toBeGreaterThan(1);
    } finally {
      Atomics.load = load;
    }
  });
});

const textOf = (
  port: Parameters<typeof flagBits>[0] & { index: number; number: number; bitsPerSecond: number; nanoseconds: bigint },
) => [port.index, port.number, flagBits(port), port.bitsPerSecond, port.nanoseconds].join(' ');
const flagBits = (port: Readonly<Record<(typeof FLAGS)[number], boolean>>) =>
  FLAGS.reduce((bits, flag, index) => bits + (port[flag] ? 1 << index : 0), 0);
const pathText = (
  index: number,
  path: { frames: bigint; bytes: bigint; transfers: bigint; signals: bigint; dropped: object },
) => [index, path.frames, path.bytes, path.transfers, path.signals, ...Object.values(path.dropped)].join(' ');

/** Ring memory as the tool maps it when all of `bytes` has been published and nothing of it read. */
function ringMemory(vector: Vector): ArrayBuffer {
  const [dataBytes = 0n] = numbers(one(vector, 'ring'));
  const from = BigInt(one(vector, 'from'));
  const memory = new ArrayBuffer(CAPTURE_RING.headerBytes + Number(dataBytes));
  new Uint8Array(memory).set(hexBytes(one(vector, 'header')));
  const data = new Uint8Array(memory, CAPTURE_RING.headerBytes);
  vector.bytes.forEach((byte, index) => {
    data[Number((from + BigInt(index)) % dataBytes)] = byte;
  });
  return memory;
}

describe('the capture ring', () => {
  const vectors = readVectors(`${FOLDER}/capture-ring.vectors`);
  it.each(vectors)('$name', (vector) => {
    const ring = CaptureRing.over(ringMemory(vector));
    const [refused] = meanings(vector, 'refused');
    if (typeof ring === 'string') return expect(ring).toBe(refused);
    const frames = ring.take(1000);
    if (refused !== undefined || typeof frames === 'string') return expect(frames).toBe(refused);
    const texts = frames.map((each) =>
      [
        each.port,
        each.direction,
        each.nanoseconds,
        each.frameLength,
        each.lostBefore,
        Buffer.from(each.bytes).toString('hex'),
      ].join(' '),
    );
    expect(texts).toEqual(meanings(vector, 'record').map((text) => hexOf(text)));
    expect(ring.mayWait()).toBe(true);
  });

  it('is read in pieces, and gives back what was read', () => {
    const memory = ringMemory(vectors.find(({ name }) => name.startsWith('both directions')) as Vector);
    const ring = CaptureRing.over(memory) as CaptureRing;
    expect(ring.take(2)).toHaveLength(2);
    expect(new DataView(memory).getBigUint64(128, true)).toBe(192n);
    expect(ring.mayWait()).toBe(false); // there is another: whoever waits now would sleep through it
    expect(ring.take(2)).toHaveLength(1);
    expect(ring.mayWait()).toBe(true);
    expect(new DataView(memory).getUint32(136, true)).toBe(1);
  });

  it('stays what it was when it makes no sense', () => {
    const memory = ringMemory(vectors.find(({ name }) => name.includes('behind the tail')) as Vector);
    const ring = CaptureRing.over(memory) as CaptureRing;
    expect([ring.take(10), ring.take(10)]).toEqual(['record', 'record']);
    expect(new DataView(memory).getBigUint64(128, true)).toBe(0n);
  });
});

/** A record's last word may be hexadecimal with repetitions. */
function hexOf(text: string): string {
  const words = text.split(' ');
  return [...words.slice(0, 5), Buffer.from(hexBytes(words.slice(5).join(' '))).toString('hex')].join(' ');
}
