// usb-package.ts — the npm package `usb` 3 behind a control pipe. Loaded when a device is asked, not before: files need none of it.

import type { Dump } from '../../model/usb/dump.ts';
import type { ControlPipe, Refusal } from './control-pipe.ts';
import { TIMEOUT_MILLISECONDS } from './control-pipe.ts';

const TYPES = ['standard', 'class', 'vendor'] as const;
const RECIPIENTS = ['device', 'interface', 'endpoint', 'other'] as const;

/** Opens the device at `location`; on macOS without asking its present owner to give it up. */
export async function openWithPackage(location: Dump['location']): Promise<ControlPipe | Refusal> {
  try {
    const { nativeGetDevices } = await import('usb/index.js');
    const devices = await nativeGetDevices();
    const device = devices.find((each) => isAt(each, location));
    if (!device) return { refused: 'the device is not there any more' };
    await device.open();
    return {
      read: async (requestType, request, value, index, length) => {
        const type = TYPES[((requestType >> 5) & 3) as 0 | 1 | 2] ?? 'standard';
        const recipient = RECIPIENTS[(requestType & 3) as 0 | 1 | 2 | 3];
        const setup = { requestType: type, recipient, request, value, index } as const;
        const ask = () => device.nativeControlTransferIn(setup, TIMEOUT_MILLISECONDS, length);
        const answer = recipient === 'interface' ? whileClaimed(device, index & 0xff, ask) : ask();
        return (await answer.catch(() => undefined)) ?? undefined;
      },
      close: () => device.close(),
    };
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

interface Claimable {
  readonly claimInterface: (number: number) => Promise<void>;
  readonly releaseInterface: (number: number) => Promise<void>;
}

/** The package lets only those speak to an interface who have claimed it; that sends the device nothing. Throws for somebody else's. */
async function whileClaimed<T>(device: Claimable, number: number, work: () => Promise<T>): Promise<T> {
  await device.claimInterface(number);
  try {
    return await work();
  } finally {
    await device.releaseInterface(number).catch(() => undefined);
  }
}

interface Placed {
  readonly bus: string;
  readonly address: number;
  readonly ports: readonly number[];
}

/** The package writes the bus as its system does: decimal on Linux, the top byte of locationID in hex on macOS. */
const BUS_RADIX = process.platform === 'darwin' ? 16 : 10;

function isAt({ bus, address, ports }: Placed, location: Dump['location']): boolean {
  if (!location) return false;
  if (location.address !== undefined && location.address !== address) return false;
  const chain = location.port?.split('-')[1];
  if (chain !== undefined && chain !== ports.join('.')) return false;
  return location.bus === undefined || Number.parseInt(bus, BUS_RADIX) === location.bus;
}
