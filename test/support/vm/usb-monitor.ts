import type { LiveGuest } from './live-guest.ts';

/** A class request that crossed the wire, and its data, or what its answer was, in hexadecimal. */
export interface ClassRequest {
  readonly request: number;
  readonly data: string;
}

/** What crossed the wire of a guest's buses. */
export interface Crossed {
  readonly requests: readonly ClassRequest[];
  /** Bytes of each bulk transfer that carried any. */
  readonly in: readonly number[];
  readonly out: readonly number[];
}

const TRACE = '/tmp/usbmon';

/** Linux's own record of all transfers on a guest's buses (Documentation/usb/usbmon.rst), while `work` is done. */
export async function monitored(guest: LiveGuest, work: () => Promise<unknown>): Promise<Crossed> {
  const pid = await guest.run(`modprobe usbmon
    mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug
    setsid cat /sys/kernel/debug/usb/usbmon/0u >${TRACE} 2>&1 & echo $!`);
  await work();
  return parseTrace(await guest.run(`kill ${pid}; cat ${TRACE}`));
}

/**
 * The words of a line:
 *
 *   URB  time  S|C  type:bus:device:endpoint  then
 *     control, S:      s requestType request value index length  bytes  =|<  data
 *     otherwise:       status  bytes  =|<|>  data
 */
export function parseTrace(text: string): Crossed {
  const requests: { request: number; data: string }[] = [];
  const asked = new Map<string, { request: number; data: string }>();
  const bytes = { in: [] as number[], out: [] as number[] };
  for (const line of text.split('\n')) {
    const [urb = '', , event, where = '', ...rest] = line.split(' ');
    const direction = where.startsWith('Bi') ? 'in' : 'out';
    if (where.startsWith('C')) {
      const isClass = rest[0] === 's' && (Number.parseInt(rest[1] ?? '', 16) & 0x60) === 0x20;
      if (event === 'S' && isClass) {
        const one = { request: Number.parseInt(rest[2] ?? '', 16), data: dataOf(rest) };
        requests.push(one);
        asked.set(urb, one);
      } else if (event === 'C') {
        const one = asked.get(urb);
        if (one && where.startsWith('Ci')) one.data = dataOf(rest);
        asked.delete(urb);
      }
    } else if (where.startsWith('B') && event === (direction === 'in' ? 'C' : 'S') && Number(rest[1]) > 0) {
      bytes[direction].push(Number(rest[1]));
    }
  }
  return { requests, ...bytes };
}

const dataOf = (words: readonly string[]) => (words.includes('=') ? words.slice(words.indexOf('=') + 1).join('') : '');
