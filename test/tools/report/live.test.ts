import { describe, expect, it } from 'vitest';
import { Live } from '../../../tools/report/live.ts';

function drawn(interactive: boolean) {
  const written: string[] = [];
  return { live: new Live((text) => written.push(text), interactive), written };
}

describe('a live picture', () => {
  it('is drawn over the one before, whatever the number of lines', () => {
    const { live, written } = drawn(true);
    live.draw(['one', 'two'], 80);
    live.draw(['three'], 80);
    live.draw(['four'], 80);
    expect(written).toEqual(['one\ntwo\n', '\x1b[2A\x1b[Jthree\n', '\x1b[1A\x1b[Jfour\n']);
  });

  it('is cut at the edge of the terminal, colour codes kept and not counted', () => {
    const { live, written } = drawn(true);
    live.draw(['\x1b[32mgreen\x1b[39m and more', 'short'], 7);
    expect(written).toEqual(['\x1b[32mgreen\x1b[39m a\nshort\n']);
    live.draw(['\x1b[32mgreen\x1b[39m'], 3);
    expect(written[1]).toBe('\x1b[2J\x1b[H\x1b[32mgre\x1b[39m\n');
  });

  it('comes as plain whole lines in a pipe', () => {
    const { live, written } = drawn(false);
    live.draw(['one', 'two'], Number.POSITIVE_INFINITY);
    live.draw(['three'], 2);
    expect(written).toEqual(['one\ntwo\n', 'three\n']);
  });
});
