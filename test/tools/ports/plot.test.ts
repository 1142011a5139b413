import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { niceTicks } from '../../../tools/report/ports/ticks.ts';
import { FakeAdapter, FakeDriver } from '../../support/client/fake-driver.ts';
import { fakeMachine } from '../../support/client/fake-surroundings.ts';

async function plotted(name: string, ...args: string[]) {
  const adapter = new FakeAdapter(1, 'MP000001', [{ label: 'R&D <1>', interface: 'en5' }, { label: 'B' }]);
  const machine = fakeMachine(new FakeDriver(adapter));
  machine.onWait = () =>
    adapter.count(0, {
      receivedByPort: { frames: 10, bytes: 31_250, drops: { 1: 2 } },
      transmittedByPort: { bytes: 62_500 },
    });
  mkdirSync(join(machine.system.root, 'out'));
  const result = await machine.run('--plot', `/out/${name}`, ...args);
  return { ...result, file: join(machine.system.root, 'out', name) };
}

const pointsOf = (svg: string) =>
  [...svg.matchAll(/polyline points="([^"]*)"/g)].map(([, points = '']) => points.split(' '));

describe('tools/ports --plot', () => {
  it('draws a line a port in each of three panels, for as long as it was asked', async () => {
    const { exitCode, file, err } = await plotted('a.svg', '--seconds', '3');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: 'Watching for 3 s; Ctrl-C ends it.\nWrote /out/a.svg\n' });
    const svg = readFileSync(file, 'utf8');
    const lines = pointsOf(svg);
    expect(lines).toHaveLength(6);
    expect(lines.map((line) => line.length)).toEqual(Array.from({ length: 6 }, () => 12)); // 4 a second, from the second look on
    expect(svg).toContain('>1 Mbit/s<');
    expect(svg).toContain('>2 Mbit/s<');
    expect(svg).toContain('R&#38;D &#60;1&#62;');
    const [receiving = []] = lines;
    expect(new Set(receiving.map((point) => point.split(',')[1])).size).toBe(1); // a steady rate is a level line
  });

  it('draws the same as PNG', async () => {
    const { exitCode, file } = await plotted('a.png', '--seconds', '1');
    const png = readFileSync(file);
    expect(exitCode).toBe(0);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(1920);
  });

  it('makes no folder for the picture, and says so before it watches', async () => {
    const { exitCode, err, file } = await plotted('missing/a.svg');
    expect({ exitCode, err }).toEqual({
      exitCode: 1,
      err: '/out/missing/a.svg: there is no folder /out/missing\n  Make it, or choose another.',
    });
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    [0, 4, [0, 1]],
    [1_000_000, 4, [0, 500_000, 1_000_000]],
    [9.4e8, 4, [0, 5e8, 1e9]],
    [3, 8, [0, 0.5, 1, 1.5, 2, 2.5, 3]],
    [0.25, 4, [0, 0.1, 0.2, 0.3]],
  ])('marks an axis up to %d in about %i round steps', (most, count, ticks) => {
    expect(niceTicks(most, count)).toEqual(ticks);
  });
});
