// device.ts — rules on the device descriptor (USB 2.0, 9.6.1; USB 3.2, 9.6.1) and on strings.

import { type DescriptorNode, isKnown, numberIn } from '../../../model/usb/node.ts';
import { isSuper, speedName } from '../../../model/usb/subject.ts';
import { at, type Rule, type Sighting } from '../finding.ts';

/** Linux' USB_MAXCONFIG. */
const MOST_CONFIGURATIONS = 8;

const configurationCount: Rule = ({ tree: { device, configurations } }) => {
  if (!device || device.problems.length > 0 || !isKnown(device, 'bNumConfigurations')) return [];
  const claimed = numberIn(device, 'bNumConfigurations');
  const found = configurations.length;
  if (claimed === found && claimed > 0 && claimed <= MOST_CONFIGURATIONS) return [];
  const limit = claimed > MOST_CONFIGURATIONS ? `, more than the ${MOST_CONFIGURATIONS} Linux reads` : '';
  return [at(device, 'DEV-NUMCFG', `bNumConfigurations is ${claimed}${limit}; ${found} found`)];
};

const packetSize: Rule = ({ tree: { device }, speed, speedKnown }) => {
  if (!device || !isKnown(device, 'bMaxPacketSize0')) return [];
  const size = numberIn(device, 'bMaxPacketSize0');
  if (isSuper(speed))
    return size === 9 ? [] : [at(device, 'DEV-MPS0', `bMaxPacketSize0 is ${size}; at SuperSpeed it is 9`)];
  const allowed = speed === 'high' && speedKnown ? [64] : speed === 'low' ? [8] : [8, 16, 32, 64];
  if (allowed.includes(size)) return [];
  return [at(device, 'DEV-MPS0', `bMaxPacketSize0 is ${size}; at ${speedName(speed)} it is ${allowed.join(', ')}`)];
};

const decimalDigits: Rule = ({ tree: { device } }) =>
  device ? ['bcdUSB', 'bcdDevice'].flatMap((name) => badDigits(device, name)) : [];

function badDigits(device: DescriptorNode, name: string): Sighting[] {
  const digits = numberIn(device, name).toString(16).padStart(4, '0');
  if (!isKnown(device, name) || !/[a-f]/.test(digits)) return [];
  return [at(device, 'DEV-BCD', `${name} is 0x${digits}: not decimal digits`)];
}

const vendorClass: Rule = ({ tree: { device }, functions }) => {
  if (!device || numberIn(device, 'bDeviceClass') !== 0xff || functions.length === 0) return [];
  return [at(device, 'DEV-CLASSFF', `bDeviceClass is ff, but there are ${functions.length} network functions inside`)];
};

const unreadableStrings: Rule = ({ dump }) =>
  [...dump.unreadableStrings].map((index) => ({
    id: 'STR-READ',
    part: 'strings',
    seen: `string ${index} could not be read`,
  }));

const serialCharacters: Rule = ({ dump, tree: { device } }) => {
  const serial = device && dump.strings.get(numberIn(device, 'iSerial'));
  if (!serial || /^[\x20-\x7e]*$/.test(serial)) return [];
  return [{ id: 'STR-ASCII', part: 'strings', seen: `the serial number ${JSON.stringify(serial)} is not plain ASCII` }];
};

export const deviceRules = [
  configurationCount,
  packetSize,
  decimalDigits,
  vendorClass,
  unreadableStrings,
  serialCharacters,
];
