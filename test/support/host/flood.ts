import { expect } from 'vitest';
import type { RunningHost } from './running-host.ts';

/**
 * Pings through a port as fast as answers come, until `count` have come, and sees that nothing was lost on the way between the
 * network stack and the cable. Not by ping's own count of losses: it gives the last answer two round trips only, or, with -w,
 * sends more the later answers are.
 */
export async function floodWithoutLoss(
  host: RunningHost,
  device: number,
  port: number,
  address: string,
  ...more: readonly string[]
): Promise<void> {
  const before = await host.lost(device, port);
  const count = 400;
  const output = await host.run('ping', '-f', '-c', String(count), '-w', '100', ...more, address);
  expect(answersIn(output)).toBeGreaterThanOrEqual(count); // more when it sent more
  await expect.poll(() => host.lost(device, port)).toBe(before);
}

/** How many answers ping says it got. */
export const answersIn = (output: string) => Number(/(\d+) received/.exec(output)?.[1] ?? 0);
