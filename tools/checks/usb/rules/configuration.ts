// configuration.ts — rules on configuration headers (USB 2.0, 9.6.3).

import { isKnown, numberIn } from '../../../model/usb/node.ts';
import { isSuper } from '../../../model/usb/subject.ts';
import type { Configuration } from '../../../model/usb/tree.ts';
import { at, type Rule, type Sighting } from '../finding.ts';

const totalLength: Rule = ({ tree, dump }) =>
  tree.configurations.flatMap((each) => checkTotal(each, dump.form.startsWith('lsusb')));

/** lsusb prints neither what it does not know everywhere nor what the kernel dropped: a text that is short accuses nobody. */
function checkTotal({ node, length, settings }: Configuration, isText: boolean): Sighting[] {
  const total = numberIn(node, 'wTotalLength');
  if (!isKnown(node, 'wTotalLength') || total === length) return [];
  if (total < length) {
    const milder = total >= 9 && length - total < 4 ? 'warn' : 'fail';
    return [at(node, 'CFG-TOTAL', `wTotalLength is ${total}; ${length} bytes are here`, milder)];
  }
  if (isText && settings.some(({ triple: [main] }) => main === AUDIO || main === VIDEO)) return [];
  const where = isText ? `the text accounts for ${length}` : `only ${length} bytes are here`;
  return [at(node, 'CFG-TOTAL', `wTotalLength is ${total}; ${where}`, isText ? 'warn' : 'fail')];
}

/** Of these lsusb leaves out the class-specific descriptors of their endpoints. */
const AUDIO = 0x01;
const VIDEO = 0x0e;

const interfaceCount: Rule = ({ tree }) => tree.configurations.flatMap(checkCount);

function checkCount({ node, settings }: Configuration): Sighting[] {
  const numbers = new Set(settings.map((each) => each.interface));
  const claimed = numberIn(node, 'bNumInterfaces');
  if (!isKnown(node, 'bNumInterfaces') || claimed === numbers.size) return [];
  const list = [...numbers].slice(0, 16).join(', ') || 'none';
  return [at(node, 'CFG-NUMIF', `bNumInterfaces is ${claimed}; ${numbers.size} are here (${list})`)];
}

const selectable: Rule = ({ tree }) => {
  const seen = new Set<number>();
  return tree.configurations.flatMap(({ node, value }) => {
    if (!isKnown(node, 'bConfigurationValue')) return [];
    const repeated = seen.has(value);
    seen.add(value);
    if (value === 0) return [at(node, 'CFG-VALUE', 'bConfigurationValue is 0')];
    return repeated ? [at(node, 'CFG-VALUE', `bConfigurationValue ${value} is used twice`)] : [];
  });
};

const attributes: Rule = ({ tree }) =>
  tree.configurations.flatMap(({ node }) => {
    const value = numberIn(node, 'bmAttributes');
    if (!isKnown(node, 'bmAttributes') || value & 0x80) return [];
    return [at(node, 'CFG-ATTR', `bmAttributes is 0x${value.toString(16).padStart(2, '0')}: bit 7 is clear`)];
  });

const power: Rule = ({ tree, speed }) =>
  tree.configurations.flatMap(({ node }) => {
    if (!isKnown(node, 'bMaxPower')) return [];
    const milliamperes = numberIn(node, 'bMaxPower') * (isSuper(speed) ? 8 : 2);
    const limit = isSuper(speed) ? 900 : 500;
    if (milliamperes > limit) return [at(node, 'CFG-POWER', `asks for ${milliamperes} mA; a port gives ${limit} mA`)];
    const selfPowered = (numberIn(node, 'bmAttributes') & 0x40) !== 0;
    if (!selfPowered || milliamperes <= 100) return [];
    return [at(node, 'CFG-POWER', `self powered, yet it asks the bus for ${milliamperes} mA`, 'note')];
  });

export const configurationRules = [totalLength, interfaceCount, selectable, attributes, power];
