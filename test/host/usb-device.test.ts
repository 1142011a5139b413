import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningHost } from '../support/host/running-host.ts';

describe('a device of this machine that cannot be plugged in', () => {
  let host: RunningHost;
  beforeAll(async () => {
    host = await RunningHost.start();
  });
  afterAll(() => host.stop());

  it.each([
    ['usb:ffff:fffe', 'no such device is plugged into this machine', 'lsusb lists what is'],
    ['usb:ffff:fffe@1-1.4', 'no such device is plugged into this machine', 'lsusb lists what is'],
    ['usb:1d6b', '"usb:1d6b" is no device; it is usb:VID:PID or usb:VID:PID@BUS-PORT', 'usb:1d6b:0104@1-1.4'],
    ['usb:1d6b:01', 'is no device', 'For example'],
    ['usb:1d6b:0104@../..', 'is no device', 'For example'],
  ])('%s: %s', async (usb, words, fix) => {
    await expect(host.control.request('plug', { usb })).rejects.toMatchObject({
      message: expect.stringContaining(words),
      fix: expect.stringContaining(fix),
    });
    expect(await host.adapters()).toEqual([]);
  });
});
