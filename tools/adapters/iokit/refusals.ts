// refusals.ts — what an IOKit call returned in, words for people out.

import { UserError } from '../../model/user-error.ts';

/** IOReturn.h: what a user client's calls can come back with, and what to do about it. */
const REFUSALS: Readonly<Record<string, readonly [name: string, words: string, fix: string]>> = {
  '0xe00002bc': [
    'kIOReturnError',
    'something went wrong in the driver',
    'Its log says more: tools/host log, or log show on a Mac.',
  ],
  '0xe00002bd': ['kIOReturnNoMemory', 'it has no memory left', 'Use a smaller --ring, or close other tools.'],
  '0xe00002be': ['kIOReturnNoResources', 'too many tools are connected', 'End some of them: 16 at once are the limit.'],
  '0xe00002c0': ['kIOReturnNoDevice', 'the adapter has been pulled out', 'Plug it in again.'],
  '0xe00002c1': ['kIOReturnNotPrivileged', 'it wants an administrator', 'Run the tool with sudo.'],
  '0xe00002c2': [
    'kIOReturnBadArgument',
    'it does not accept this value',
    'Is it out of the range this device can do? tools/ports --json shows what is in effect.',
  ],
  '0xe00002c5': ['kIOReturnExclusiveAccess', 'another program has it to itself', 'End that program.'],
  '0xe00002c7': [
    'kIOReturnUnsupported',
    'this driver has no user client, or does not know this request (F67)',
    'Tool and driver are of different versions: install the driver that belongs to this tool.',
  ],
  '0xe00002cd': ['kIOReturnNotOpen', 'the connection is closed', 'Run the tool again.'],
  '0xe00002d5': ['kIOReturnBusy', 'it is busy with the same thing for this tool', 'Wait for it to end.'],
  '0xe00002d6': ['kIOReturnTimeout', 'it did not answer in time', 'Plug the adapter in again.'],
  '0xe00002d8': ['kIOReturnNotReady', 'it is not ready for this yet', 'Try again in a moment.'],
  '0xe00002d9': ['kIOReturnNotAttached', 'the port has no driver process at the moment', 'Try again in a moment.'],
  '0xe00002e2': [
    'kIOReturnNotPermitted',
    'this program may not connect to the driver (F66)',
    'On a Mac the program needs the entitlement com.apple.developer.driverkit.userclient-access with the exact id of this driver, granted by Apple, or the driver com.apple.developer.driverkit.allow-any-userclient-access; tools/provision verify tells which is missing. On the host it has to be the same user who started it, or root.',
  ],
  '0xe00002e6': [
    'kIOReturnUnsupportedMode',
    'it speaks another version than this tool',
    'Install the driver that belongs to this tool: tools/install upgrade.',
  ],
  '0xe00002eb': ['kIOReturnAborted', 'the call was cut off', 'Is the adapter still plugged in?'],
  '0xe00002ed': ['kIOReturnNotResponding', 'it does not respond', 'Plug the adapter in again.'],
  '0xe00002f0': ['kIOReturnNotFound', 'it has no such port', 'tools/ports shows the ports that are there.'],
  // mach/message.h: the other side of a connection is gone.
  '0x10000003': ['MACH_SEND_INVALID_DEST', 'the adapter has been pulled out', 'Plug it in again.'],
};

/** kIOReturnOffline: only the host's library says it, for want of a host; nobody was asked then. */
const OFFLINE = '0xe00002d7';

/** `what` is what was asked: `to connect`, `to reset port 3`. Codes come signed from C. */
export function refusal(what: string, result: number): UserError {
  const number = `0x${(result >>> 0).toString(16).padStart(8, '0')}`;
  if (number === OFFLINE)
    return new UserError('No host runs here', 'Start one with: tools/host up (MULTIPORT_HOST_STATE names another).');
  const [name, words, fix] = REFUSALS[number] ?? [
    'unknown',
    'it gave no reason we know',
    'tools/provision explain may know the code.',
  ];
  return new UserError(`The driver refuses ${what}: ${words} (${number}, ${name})`, fix);
}

/** Throws unless the call came back with kIOReturnSuccess. */
export function demand(what: string, result: number): void {
  if (result !== 0) throw refusal(what, result);
}
