import { describe, expect, it } from 'vitest';
import { joinBytes } from '../../../tools/model/usb/bytes.ts';
import { walk } from '../../../tools/model/usb/walk.ts';
import { fixtureBytes, fixtureNames } from './fixtures.ts';

const every = ['gadgets', 'ethernet', 'hostile'].flatMap((folder) => fixtureNames(folder, '.bin'));

it.each(every)('leaves no byte of %s out and counts none twice', (name) => {
  const data = fixtureBytes(name);
  const { nodes } = walk(data);
  expect(joinBytes(nodes.map(({ bytes }) => bytes))).toEqual(data);
  for (const node of nodes) expect(node.bytes.byteOffset - data.byteOffset).toBe(node.offset);
});

describe('a length that leads nowhere', () => {
  it('ends its configuration, and the next one is read', () => {
    const broken = Uint8Array.of(9, 2, 13, 0, 1, 1, 0, 0x80, 50, 0, 4, 0, 0);
    const sound = Uint8Array.of(9, 2, 9, 0, 0, 2, 0, 0x80, 50);
    const { nodes } = walk(joinBytes([broken, sound]));
    expect(nodes.map(({ offset, name, problems }) => [offset, name, problems.map(({ id }) => id)])).toEqual([
      [0, 'Configuration', []],
      [9, 'Unknown', ['LEN-ZERO']],
      [13, 'Configuration', []],
    ]);
  });
});

it('believes a length only up to the end of its configuration', () => {
  const greedy = Uint8Array.of(9, 2, 13, 0, 1, 1, 0, 0x80, 50, 200, 0x24, 0, 0);
  const sound = Uint8Array.of(9, 2, 9, 0, 0, 2, 0, 0x80, 50);
  const { nodes } = walk(joinBytes([greedy, sound]));
  expect(nodes.map(({ offset, bytes, problems }) => [offset, bytes.length, problems.map(({ id }) => id)])).toEqual([
    [0, 9, []],
    [9, 4, ['LEN-OVER']],
    [13, 9, []],
  ]);
});
