import { expect, it } from 'vitest';
import type { DescriptorNode } from '../../../tools/model/usb/node.ts';
import { readSubject } from '../../../tools/model/usb/subject.ts';
import { fixtureBytes, fixtureDump, fixtureNames } from './fixtures.ts';

/** What a tree says, without the fields a text does not tell. */
const told = (nodes: readonly DescriptorNode[], untold: ReadonlySet<number>) =>
  nodes.map(({ offset, bytes, name, level, fields }) => ({
    offset,
    length: bytes.length,
    name,
    level,
    fields: fields.filter(({ shape }) => !untold.has(offset + shape.at)).map(({ shape, value }) => [shape.name, value]),
  }));

const gadgets = fixtureNames('gadgets', '.lsusb.txt');

it('has both forms of 45 gadgets', () => {
  expect(gadgets).toHaveLength(45);
});

it.each(gadgets)('reads from %s the tree of the bytes it was printed from', (name) => {
  const fromText = fixtureDump(name);
  const fromBytes = fixtureDump(name.replace('.lsusb.txt', '.descriptors.bin'));
  const untold = fromText.descriptors.assumed;
  expect(told(readSubject(fromText).tree.nodes, untold)).toEqual(told(readSubject(fromBytes).tree.nodes, untold));
});

it.each(gadgets)('assumes in %s nothing but wBytesPerInterval', (name) => {
  const { tree } = readSubject(fixtureDump(name));
  const assumed = tree.nodes.flatMap(({ fields }) =>
    fields.filter((each) => each.assumed).map(({ shape }) => shape.name),
  );
  expect([...new Set(assumed)].filter((field) => field !== 'wBytesPerInterval')).toEqual([]);
});

it.each(fixtureNames('ethernet', '.descriptors.bin'))(
  'agrees with the text of %s wherever the text says something',
  (name) => {
    const bytes = fixtureBytes(name);
    const { descriptors } = fixtureDump(name.replace('.descriptors.bin', '.lsusb.txt'));
    expect(descriptors.bytes.length).toBe(bytes.length);
    const different = [...bytes.keys()].filter((offset) => bytes[offset] !== descriptors.bytes[offset]);
    expect(different.filter((offset) => !descriptors.assumed.has(offset))).toEqual([]);
  },
);
