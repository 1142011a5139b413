import { describe, expect, it } from 'vitest';
import { parseCable } from '../../../tools/model/host/cable.ts';

describe('parseCable', () => {
  it.each([
    ['1=station', { port: 1, cable: 'station' }],
    ['4=none', { port: 4, cable: 'none' }],
    ['2=port:3', { port: 2, cable: { port: 3 } }],
    ['3=tap:far0@/proc/self/ns/net', { port: 3, cable: { tap: 'far0', netns: '/proc/self/ns/net' } }],
  ])('reads %s', (text, parsed) => expect(parseCable(text, 4)).toEqual(parsed));

  it.each([
    '',
    '1',
    '0=none',
    '5=none',
    '1=port:1',
    '1=port:9',
    '1=tap:x',
    '1=tap:a-name-too-long-for-linux@/x',
    '1=moon',
  ])('refuses %j and quotes it', (text) => expect(() => parseCable(text, 4)).toThrow(`--cable ${text}: expected`));
});
