import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../tools/checks/usb/catalogue.ts';
import { diagnose } from '../../../tools/checks/usb/diagnose.ts';
import { type Dump, knownPart } from '../../../tools/model/usb/dump.ts';
import { readSubject } from '../../../tools/model/usb/subject.ts';
import { fixtureBytes, fixtureDump } from './fixtures.ts';

const idsOf = (dump: Dump) => new Set<string>(diagnose(readSubject(dump)).map(({ id }) => id));

// Two NCM functions at high speed. Offsets: 18 configuration, 27 association, 35 interface 0, 44 header, 49 union, 54 Ethernet,
// 67 NCM, 73 notification endpoint, 80 and 89 interface 1 setting 0 and 1, 98 and 105 its bulk endpoints, 112 the second function.
const high = { ...fixtureDump('gadgets/ncm2-high.lsusb.txt'), speed: 'high' } as const;
// The same at SuperSpeed, one function: every endpoint has a companion of six bytes behind it. 73 notification, 80 its
// companion, 86 and 95 interface 1, 104 bulk IN, 111 its companion, 117 bulk OUT, 124 its companion.
const fast: Dump = {
  ...fixtureDump('gadgets/ncm1-super.lsusb.txt'),
  descriptors: knownPart(fixtureBytes('gadgets/ncm1-super.descriptors.bin')),
  speed: 'super',
};

const patched = (dump: Dump, ...patches: readonly (readonly [offset: number, ...bytes: number[]])[]): Dump => {
  const bytes = Uint8Array.from(dump.descriptors.bytes);
  for (const [offset, ...values] of patches) bytes.set(values, offset);
  return { ...dump, descriptors: knownPart(bytes) };
};

/** Takes `remove` bytes out at `offset`, puts `insert` in, and mends wTotalLength. */
function spliced(dump: Dump, offset: number, remove: number, insert: readonly number[] = []): Dump {
  const { bytes } = dump.descriptors;
  const changed = Uint8Array.from([...bytes.subarray(0, offset), ...insert, ...bytes.subarray(offset + remove)]);
  new DataView(changed.buffer).setUint16(20, changed.length - 18, true);
  return { ...dump, descriptors: knownPart(changed) };
}

const withBos = (...capabilities: readonly (readonly number[])[]): Dump => {
  const body = capabilities.flat();
  return { ...fast, bos: knownPart(Uint8Array.from([5, 0x0f, body.length + 5, 0, capabilities.length, ...body])) };
};
const withoutBos = ({ bos: _, ...rest }: Dump): Dump => rest;
const LPM = [7, 0x10, 2, 2, 0, 0, 0];
const withStrings = (dump: Dump, entries: readonly (readonly [number, string])[]): Dump => ({
  ...dump,
  strings: new Map([...dump.strings, ...entries]),
});

const header = [5, 0x24, 0, 0x10, 1];
const association = [8, 0x0b, 0, 2, 2, 13, 0, 0];
const set = (...entries: readonly (readonly number[])[]) => {
  const body = entries.flat();
  return knownPart(Uint8Array.from([10, 0, 0, 0, 0, 0, 3, 6, body.length + 10, 0, ...body]));
};

const CASES: readonly (readonly [id: keyof typeof CATALOGUE, what: string, dump: Dump])[] = [
  ['CFG-TOTAL', 'is one too small', patched(high, [20, 178])],
  ['CFG-NUMIF', 'counts three interfaces of four', patched(high, [22, 3])],
  ['CFG-VALUE', 'is 0', patched(high, [23, 0])],
  ['CFG-ATTR', 'lacks bit 7', patched(high, [25, 0x40])],
  ['CFG-POWER', 'asks for 510 mA', patched(high, [26, 255])],
  ['DEV-NUMCFG', 'promises two configurations', patched(high, [17, 2])],
  ['DEV-MPS0', 'is 9 at high speed', patched(high, [7, 9])],
  ['DEV-MPS0', 'is 64 at SuperSpeed', patched(fast, [7, 64])],
  ['DEV-BCD', 'has a digit above 9', patched(high, [12, 0x0a])],
  ['DEV-CLASSFF', 'hides network functions', patched(high, [4, 0xff])],
  ['IF-GAP', 'leaves out interface 3', patched(high, [167, 7], [176, 7])],
  ['IF-ORDER', 'starts with the third', patched(high, [37, 5])],
  ['IF-DUP', 'has setting 0 twice', patched(high, [92, 0])],
  ['ALT-GAP', 'goes from setting 0 to 2', patched(high, [92, 2])],
  ['ALT-ORDER', 'has setting 1 first', patched(high, [83, 1], [92, 0])],
  ['ALT-PIPES', 'has its pipes in setting 0', spliced(high, 80, 9)],
  ['EP-DUP', 'uses an address of another function', patched(high, [160, 0x81])],
  ['EP-COUNT', 'says one endpoint of two', patched(high, [93, 1])],
  ['EP-ADDR', 'has reserved bits', patched(high, [100, 0x91])],
  ['EP-ADDR', 'is endpoint 0', patched(high, [100, 0x80])],
  ['EP-MPS0', 'moves no bytes', patched(high, [102, 0, 0])],
  ['EP-MPS', 'is 64 at high speed', patched(high, [102, 64, 0])],
  ['EP-MPS', 'is 512 at SuperSpeed', patched(fast, [108, 0, 2])],
  ['EP-INTERVAL', 'is 0', patched(high, [79, 0])],
  ['EP-INTERVAL', 'is 17 at high speed', patched(high, [79, 17])],
  ['EP-BULKLS', 'is at low speed', { ...high, speed: 'low' }],
  ['SS-NOCOMP', 'is missing', spliced(fast, 111, 6)],
  ['SS-BURST', 'is 16', patched(fast, [113, 16])],
  ['SS-BURST', 'is 15 for an interrupt pipe', patched(fast, [82, 15])],
  ['SS-ATTR', 'has reserved bits', patched(fast, [114, 0x20])],
  ['SS-MULT', 'is 3', patched(fast, [107, 1], [114, 3])],
  ['SS-WBPI', 'is less than a notification', patched(fast, [84, 8, 0])],
  ['SS-WBPI', 'is more than the packets hold', patched(fast, [84, 64, 0])],
  ['CDC-NOUNION', 'is missing', spliced(high, 49, 5)],
  ['CDC-UNION-DUP', 'is there twice', spliced(high, 49, 0, [5, 0x24, 6, 0, 1])],
  ['CDC-UNION-BOGUS', 'names an interface that is not there', patched(high, [53, 9])],
  ['CDC-UNION-SWAP', 'names the data interface as control', patched(high, [52, 1, 0])],
  ['CDC-NOHEADER', 'is missing', spliced(high, 44, 5)],
  ['CDC-NOETH', 'is missing', spliced(high, 54, 13)],
  ['CDC-NONCM', 'is missing', spliced(high, 67, 6)],
  ['CDC-NOMBIM', 'is missing', patched(high, [41, 0x0e])],
  ['CDC-LEN', 'is a byte too long', spliced(high, 67, 6, [7, 0x24, 0x1a, 0, 1, 0x11, 0])],
  ['CDC-DUP', 'is there twice', spliced(high, 44, 0, header)],
  ['CDC-MISPLACED', 'stands behind the endpoint', spliced(high, 80, 0, header)],
  ['CDC-MISPLACED', 'stands on the configuration', spliced(high, 27, 0, header)],
  ['CDC-DATACLASS', 'has subclass 6', patched(high, [95, 6])],
  ['CDC-NODATA', 'has only an IN pipe', spliced(high, 105, 7)],
  ['CDC-MAC', 'has no string', patched(high, [57, 0])],
  ['CDC-MAC', 'is not hexadecimal', withStrings(high, [[6, 'no address']])],
  ['CDC-MAC', 'is a multicast address', withStrings(high, [[6, '010000000000']])],
  ['CDC-MAC', 'is all zero', withStrings(high, [[6, '000000000000']])],
  ['CDC-MAC', "is another port's", withStrings(high, [[6, '020000000201']])],
  ['CDC-MSS', 'is 1000', patched(high, [62, 0xe8, 3])],
  ['CDC-MSS', 'is 16384', patched(high, [62, 0, 0x40])],
  ['NCM-FILTER', 'lacks bit 0', patched(high, [72, 0x10])],
  ['NCM-VER', 'is 2.00', patched(high, [70, 0, 2])],
  ['CDC-NOTIFY', 'has no pipe', spliced(patched(high, [39, 0]), 73, 7)],
  ['CDC-NOTIFY', 'has packets of 8 bytes', patched(high, [77, 8])],
  ['IAD-COUNT', 'covers an interface that is not there', patched(high, [30, 9])],
  ['IAD-CLASS', 'says ACM', patched(high, [32, 2])],
  ['IAD-OVERLAP', 'covers what another covers', patched(high, [114, 1])],
  ['IAD-ORDER', 'stands behind its interface', spliced(spliced(high, 27, 8), 104, 0, association)],
  ['IAD-DEVCLASS', 'is 00/00/00', patched(high, [4, 0, 0, 0])],
  ['BOS-MISSING', 'is promised by bcdUSB', { ...withoutBos(fast), form: 'USB capture' }],
  [
    'BOS-TOTAL',
    'is a byte too many',
    { ...withBos(LPM), bos: knownPart(Uint8Array.from([5, 0x0f, 13, 0, 1, ...LPM])) },
  ],
  [
    'BOS-COUNT',
    'is one of two',
    { ...withBos(), bos: knownPart(Uint8Array.from([5, 0x0f, 19, 0, 1, ...LPM, ...LPM])) },
  ],
  ['BOS-LPM', 'is not there', withBos([7, 0x10, 2, 0, 0, 0, 0])],
  ['BOS-LATENCY', 'is 11 us', withBos(LPM, [10, 0x10, 3, 0, 0x0f, 0, 1, 11, 0, 0])],
  ['BOS-CONTAINER', 'is all zero', withBos(LPM, [20, 0x10, 4, 0, ...new Array<number>(16).fill(0)])],
  [
    'SSP-LEN',
    'promises four speeds and has one',
    withBos(LPM, [16, 0x10, 10, 0, 3, 0, 0, 0, 0, 0x11, 0, 0, 0x30, 0, 5, 0]),
  ],
  ['MSOS-SET', 'is for an interface that is not there', { ...high, msOs20: set([8, 0, 2, 0, 9, 0, 8, 0]) }],
  ['MSOS-LEN', 'has an entry that reaches over the end', { ...high, msOs20: set([99, 0, 2, 0]) }],
  ['STR-READ', 'stalled', { ...high, unreadableStrings: new Set([4]) }],
  ['STR-ASCII', 'has an umlaut', withStrings(high, [[3, 'Ü1']])],
  ['SPEED', 'could be SuperSpeed', { ...withBos(LPM, [10, 0x10, 3, 0, 0x0f, 0, 1, 1, 0, 0]), speed: 'high' }],
  ['FUNC-SPLIT', 'has two functions', high],
  ['LEN-ZERO', 'is 1', patched(high, [44, 1])],
  ['LEN-SHORT', 'is 5 for an endpoint', spliced(high, 98, 7, [5, 5, 0x81, 2, 0])],
  ['LEN-OVER', 'is 255 at the end', patched(high, [190, 255])],
  ['CFG-TYPE', 'is 7', patched(high, [19, 7])],
  ['SET-EMPTY', 'has no bytes', { ...high, descriptors: knownPart(new Uint8Array()) }],
  ['SET-UNKNOWN', 'starts with a string descriptor', { ...high, descriptors: knownPart(Uint8Array.of(4, 3, 9, 4)) }],
];

const sound = { high: idsOf(high), fast: idsOf(fast) };

describe.each(CASES)('%s', (id, what, dump) => {
  it(`is found when it ${what}`, () => {
    expect(idsOf(dump)).toContain(id);
  });

  it('is not found in the sound device', () => {
    if (dump !== high)
      expect([...sound.high, ...sound.fast].filter((found) => found !== 'FUNC-SPLIT')).not.toContain(id);
  });
});

it('has a case for every rule of the catalogue', () => {
  const shown = new Set<string>(CASES.map(([id]) => id));
  expect(Object.keys(CATALOGUE).filter((id) => !shown.has(id))).toEqual([]);
});
