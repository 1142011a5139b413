// usage.ts — what macOS knows of our driver in, who would lose something if it went away now out.

import type { DriverFacts } from './driver-facts.ts';

/** Everybody who uses the adapter, in words. Self-assigned addresses do not count: macOS gives them to idle ports. */
export function users({ clients, interfaces, connections }: DriverFacts): readonly string[] {
  const programs = clients.map(({ pid, name }) => `${name} (process ${pid}) is connected to the driver`);
  const addresses = interfaces.flatMap(({ name, addresses }) =>
    addresses.filter((address) => !isSelfAssigned(address)).map((address) => `${name} has the address ${address}`),
  );
  const ours = new Set(interfaces.flatMap((one) => one.addresses));
  const talks = connections
    .filter(({ localAddress }) => ours.has(localAddress))
    .map(({ command, pid, remote }) => `${command} (process ${pid}) is connected to ${remote}`);
  return [...programs, ...talks, ...addresses];
}

/** RFC 3927 and RFC 4291, section 2.5.6. */
const isSelfAssigned = (address: string) => address.startsWith('169.254.') || /^fe[89ab]/i.test(address);
