// endpoint.ts — rules on endpoints and their companions (USB 2.0, 9.6.6 and 5.5 to 5.8; USB 3.2, 9.6.6 and 9.6.7).

import type { Speed } from '../../../model/usb/dump.ts';
import { type DescriptorNode, isKnown, numberIn } from '../../../model/usb/node.ts';
import { isSuper } from '../../../model/usb/subject.ts';
import type { Configuration, Endpoint, Setting } from '../../../model/usb/tree.ts';
import { at, type Rule, type Sighting } from '../finding.ts';

const hex = (address: number) => `0x${address.toString(16).padStart(2, '0')}`;

const perEndpoint =
  (check: (endpoint: Endpoint, setting: Setting, speed: Speed, speedKnown: boolean) => readonly Sighting[]): Rule =>
  ({ tree, speed, speedKnown }) =>
    tree.configurations.flatMap(({ settings }) =>
      settings.flatMap((setting) =>
        setting.endpoints.flatMap((each) =>
          each.node.problems.length > 0 ? [] : check(each, setting, speed, speedKnown),
        ),
      ),
    );

const counts: Rule = ({ tree }) =>
  tree.configurations.flatMap(({ settings }) =>
    settings.flatMap(({ node, endpoints, interface: number, alternate }) => {
      const claimed = numberIn(node, 'bNumEndpoints');
      if (!isKnown(node, 'bNumEndpoints') || claimed === endpoints.length) return [];
      const seen = `interface ${number} setting ${alternate} has bNumEndpoints ${claimed}; ${endpoints.length} are here`;
      return [at(node, 'EP-COUNT', seen)];
    }),
  );

/** Alternate settings of one interface may share addresses: only one of them is in use at a time. */
const duplicates: Rule = ({ tree }) => tree.configurations.flatMap(duplicatesIn);

function duplicatesIn({ settings }: Configuration): Sighting[] {
  const owner = new Map<number, number>();
  return settings.flatMap((setting) => {
    const own = new Set<number>();
    return setting.endpoints.flatMap(({ address, node }) => {
      if (!isKnown(node, 'bEndpointAddress')) return [];
      const first = owner.get(address) ?? setting.interface;
      const repeated = own.has(address) || first !== setting.interface;
      own.add(address);
      owner.set(address, first);
      return repeated
        ? [at(node, 'EP-DUP', `address ${hex(address)} is used twice (interfaces ${first} and ${setting.interface})`)]
        : [];
    });
  });
}

const addresses = perEndpoint(({ node, address }) => {
  if (!isKnown(node, 'bEndpointAddress')) return [];
  if ((address & 0x0f) === 0)
    return [at(node, 'EP-ADDR', `address ${hex(address)} is endpoint 0, which is not described`)];
  return address & 0x70 ? [at(node, 'EP-ADDR', `address ${hex(address)} has reserved bits 6 to 4 set`)] : [];
});

const packetSizes = perEndpoint((endpoint, setting, speed, speedKnown) => {
  const { node, attributes, maxPacketSize, address } = endpoint;
  if (!isKnown(node, 'wMaxPacketSize')) return [];
  const size = maxPacketSize & 0x7ff;
  const type = attributes & 3;
  if (size === 0) {
    if (type === 1 && setting.alternate === 0) return [];
    return [at(node, 'EP-MPS0', `endpoint ${hex(address)} has wMaxPacketSize 0`)];
  }
  if (type === 2 && speed === 'low') return [at(node, 'EP-BULKLS', `endpoint ${hex(address)} is bulk at low speed`)];
  const limit = packetLimit(type, speed);
  if (size > limit)
    return [at(node, 'EP-MPS', `endpoint ${hex(address)} has packets of ${size} bytes; ${limit} is the most`)];
  if (type !== 2 || (speed !== 'high' && !isSuper(speed)) || size === limit) return [];
  return [
    at(
      node,
      'EP-MPS',
      `bulk endpoint ${hex(address)} has packets of ${size} bytes; it must be ${limit}`,
      speedKnown ? 'fail' : 'warn',
    ),
  ];
});

function packetLimit(type: number, speed: Speed): number {
  if (isSuper(speed)) return type === 0 ? 512 : 1024;
  if (speed === 'high') return type === 0 ? 64 : type === 2 ? 512 : 1024;
  if (speed === 'low') return 8;
  return type === 1 ? 1023 : 64;
}

const intervals = perEndpoint(({ node, attributes, interval, address }, _, speed) => {
  const periodic = (attributes & 1) === 1;
  if (!periodic || !isKnown(node, 'bInterval')) return [];
  const exponential = speed === 'high' || isSuper(speed) || (attributes & 3) === 1;
  if (interval >= 1 && (!exponential || interval <= 16)) return [];
  return [
    at(
      node,
      'EP-INTERVAL',
      `endpoint ${hex(address)} has bInterval ${interval}${exponential ? '; 1 to 16 exist' : ''}`,
    ),
  ];
});

const companions = perEndpoint(({ node, companion, attributes, address, maxPacketSize }, _, speed, speedKnown) => {
  if (!isSuper(speed)) return [];
  if (!companion)
    return speedKnown || speed === 'super' ? [at(node, 'SS-NOCOMP', `endpoint ${hex(address)} has no companion`)] : [];
  if (companion.problems.length > 0) return [];
  return checkCompanion(companion, attributes & 3, maxPacketSize & 0x7ff, address);
});

function checkCompanion(companion: DescriptorNode, type: number, packet: number, address: number): Sighting[] {
  const burst = numberIn(companion, 'bMaxBurst');
  const bits = numberIn(companion, 'bmAttributes');
  const known = isKnown(companion, 'bmAttributes');
  const sightings: Sighting[] = [];
  // Interrupt pipes send at most three packets in a burst, and only full ones (USB 3.2, 9.6.7 and 8.12.4.2).
  const most = type === 3 ? 2 : 15;
  if (burst > most)
    sightings.push(at(companion, 'SS-BURST', `endpoint ${hex(address)} has bMaxBurst ${burst}; ${most} is the most`));
  if (known && type === 1 && (bits & 3) > 2)
    sightings.push(at(companion, 'SS-MULT', `endpoint ${hex(address)} has Mult ${bits & 3}`));
  const allowed = type === 2 ? 0x1f : type === 1 ? 0x83 : 0;
  if (known && (bits & ~allowed) !== 0)
    sightings.push(at(companion, 'SS-ATTR', `endpoint ${hex(address)} has companion attributes ${hex(bits)}`));
  return [...sightings, ...checkInterval(companion, type, packet, address)];
}

function checkInterval(companion: DescriptorNode, type: number, packet: number, address: number): Sighting[] {
  const perInterval = numberIn(companion, 'wBytesPerInterval');
  if ((type & 1) === 0 || !isKnown(companion, 'wBytesPerInterval')) return [];
  const bursts = type === 1 ? (numberIn(companion, 'bmAttributes') & 3) + 1 : 1;
  const most = packet * (Math.min(numberIn(companion, 'bMaxBurst'), 15) + 1) * bursts;
  const where = `endpoint ${hex(address)} has wBytesPerInterval ${perInterval}`;
  if (perInterval === 0) return [at(companion, 'SS-WBPI', `${where}: no bandwidth at all`)];
  if (perInterval > most) return [at(companion, 'SS-WBPI', `${where}; ${most} is the most its packets allow`)];
  return perInterval < packet && type === 3
    ? [at(companion, 'SS-WBPI', `${where}, less than one packet of ${packet}`)]
    : [];
}

export const endpointRules = [counts, duplicates, addresses, packetSizes, intervals, companions];
