import { describe, expect, it } from 'vitest';
import type { RegistryEntry } from '../../../tools/model/host/registry.ts';
import { formatIoreg, formatProperty } from '../../../tools/report/host/ioreg.ts';

const entry = (name: string, children: RegistryEntry[] = [], more: Partial<RegistryEntry> = {}): RegistryEntry => ({
  name,
  location: '',
  class: 'IOService',
  id: 256,
  registered: true,
  matched: true,
  active: true,
  busy: 0,
  retain: 1,
  properties: {},
  children,
  ...more,
});

const names = (lines: string[]) => lines.map((line) => line.replace(/ {2}<.*/, ''));

describe('formatIoreg', () => {
  it('draws a bar beside a child only while its parent has more children to come', () => {
    const tree = entry('Root', [entry('A', [entry('A1', [entry('deep')]), entry('A2')]), entry('B', [entry('B1')])]);
    expect(names(formatIoreg(tree, { properties: false }))).toEqual([
      '+-o Root',
      '  +-o A',
      '  | +-o A1',
      '  | | +-o deep',
      '  | +-o A2',
      '  +-o B',
      '    +-o B1',
    ]);
  });

  it('says class, id, states, busy and retain counts', () => {
    const nub = entry('PortNub', [], {
      class: 'IOUserService',
      id: 0x10000012a,
      matched: false,
      busy: 1,
      retain: 7,
      location: '2',
    });
    expect(formatIoreg(nub, { properties: false })).toEqual([
      '+-o PortNub@2  <class IOUserService, id 0x10000012a, registered, !matched, active, busy 1, retain 7>',
    ]);
  });

  it('lists properties in the order of their names between the entry and its children', () => {
    const tree = entry('Root', [entry('child')], { properties: { b: 1, a: 'x' } });
    expect(names(formatIoreg(tree, { properties: true }))).toEqual([
      '+-o Root',
      '  | {',
      '  |   "a" = "x"',
      '  |   "b" = 1',
      '  | }',
      '  |',
      '  +-o child',
      '      {',
      '      }',
      '',
    ]);
  });
});

describe('formatProperty', () => {
  it.each([
    [true, 'Yes'],
    [false, 'No'],
    [4660, '4660'],
    ['a', '"a"'],
    [{ $data: '0a0b' }, '<0a0b>'],
    [['x', 1], '("x",1)'],
    [{ idVendor: 4617, list: [1, 2] }, '{"idVendor"=4617,"list"=(1,2)}'],
  ])('writes %j as %s', (value, text) => expect(formatProperty(value)).toBe(text));
});
