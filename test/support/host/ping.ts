import { expect } from 'vitest';
import type { RunningHost } from './running-host.ts';

/**
 * Pings until `count` answers have come; throws with ping's words when they have not within a minute. Neither its own count of losses
 * nor -W tells anything: it gives the last answer two round trips only, or, with -w, sends more the later answers are.
 */
export const ping = (host: RunningHost, address: string, count = 1, ...more: readonly string[]): Promise<string> =>
  host.run('ping', '-c', String(count), '-i', '0.2', '-w', '60', ...more, address);

/**
 * Pings through a port as fast as answers come, until `count` have come, and sees that nothing was lost on the way between the
 * network stack and the cable.
 */
export async function floodWithoutLoss(
  host: RunningHost,
  device: number,
  port: number,
  address: string,
  { count = 400, bytes = 56 }: { readonly count?: number; readonly bytes?: number } = {},
): Promise<void> {
  const before = await host.lost(device, port);
  const output = await host.run('ping', '-f', '-c', String(count), '-w', '100', '-s', String(bytes), address);
  expect(answersIn(output)).toBeGreaterThanOrEqual(count); // more when it sent more
  await expect.poll(() => host.lost(device, port)).toBe(before);
}

/** How many answers ping says it got. */
export const answersIn = (output: string) => Number(/(\d+) received/.exec(output)?.[1] ?? 0);
