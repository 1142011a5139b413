// bos.ts — rules on the BOS descriptor and its capabilities (USB 3.2, 9.6.2).

import { CAPABILITY } from '../../../model/usb/layouts/capabilities.ts';
import { TYPE } from '../../../model/usb/layouts/standard.ts';
import { bytesIn, type DescriptorNode, isKnown, numberIn } from '../../../model/usb/node.ts';
import { isSuper, type Subject } from '../../../model/usb/subject.ts';
import type { RuleId } from '../catalogue.ts';
import { at, type Rule, type Sighting } from '../finding.ts';

const inBos = (node: DescriptorNode, id: RuleId, seen: string): Sighting => ({ ...at(node, id, seen), part: 'bos' });

/** Captures and texts of an opened device have one when the device has; sysfs has had the file since Linux 6.10 only. */
const FORMS_WITH_BOS: ReadonlySet<string> = new Set(['lsusb -v text', 'USB capture', 'sysfs and control transfers']);

const missing: Rule = ({ dump, tree: { device } }) => {
  if (!device || dump.bos || !FORMS_WITH_BOS.has(dump.form) || numberIn(device, 'bcdUSB') < 0x0201) return [];
  return [at(device, 'BOS-MISSING', `bcdUSB promises a BOS descriptor; none is in the ${dump.form}`)];
};

const header: Rule = ({ bos, dump }) => {
  const [node, ...capabilities] = bos;
  if (!node || !dump.bos) return [];
  if (node.type !== TYPE.bos || node.problems.length > 0) return [];
  const total = numberIn(node, 'wTotalLength');
  const count = numberIn(node, 'bNumDeviceCaps');
  const length = dump.bos.bytes.length;
  const sightings: Sighting[] = [];
  if (total !== length) sightings.push(inBos(node, 'BOS-TOTAL', `wTotalLength is ${total}; ${length} bytes are here`));
  if (count !== capabilities.length)
    sightings.push(inBos(node, 'BOS-COUNT', `bNumDeviceCaps is ${count}; ${capabilities.length} are here`));
  else if (count === 0) sightings.push(inBos(node, 'BOS-COUNT', 'the BOS descriptor has no capability at all'));
  return sightings;
};

const capabilities = ({ bos }: Subject, subtype: number) =>
  bos.filter((node) => node.type === TYPE.capability && node.subtype === subtype && node.problems.length === 0);

const linkPower: Rule = (subject) => {
  const { device } = subject.tree;
  if (!device || subject.bos.length === 0 || numberIn(device, 'bcdUSB') < 0x0210) return [];
  const [extension] = capabilities(subject, CAPABILITY.usb2);
  const first = subject.bos[0] as DescriptorNode;
  if (!extension) return [inBos(first, 'BOS-LPM', 'there is no USB 2.0 extension capability')];
  return numberIn(extension, 'bmAttributes') & 2 ? [] : [inBos(extension, 'BOS-LPM', 'the LPM bit is clear')];
};

const latencies: Rule = (subject) =>
  capabilities(subject, CAPABILITY.superSpeed).flatMap((node) => {
    const u1 = numberIn(node, 'bU1DevExitLat');
    const u2 = numberIn(node, 'wU2DevExitLat');
    return u1 > 10 || u2 > 2047
      ? [inBos(node, 'BOS-LATENCY', `exit latencies are ${u1} us (U1) and ${u2} us (U2)`)]
      : [];
  });

const container: Rule = (subject) =>
  capabilities(subject, CAPABILITY.container).flatMap((node) =>
    isKnown(node, 'ContainerID') && bytesIn(node, 'ContainerID').every((byte) => byte === 0)
      ? [inBos(node, 'BOS-CONTAINER', 'the container ID is all zero')]
      : [],
  );

const sublinks: Rule = (subject) =>
  capabilities(subject, CAPABILITY.superSpeedPlus).flatMap((node) => {
    const claimed = (numberIn(node, 'bmAttributes') & 31) + 1;
    const found = Math.floor((node.bytes.length - 12) / 4);
    return claimed > found ? [inBos(node, 'SSP-LEN', `claims ${claimed} sublink speeds; ${found} fit in`)] : [];
  });

const slower: Rule = (subject) => {
  const { speed, speedKnown, tree } = subject;
  const [node] = capabilities(subject, CAPABILITY.superSpeed);
  if (!node || !tree.device || !speedKnown || isSuper(speed) || (numberIn(node, 'wSpeedsSupported') & 8) === 0)
    return [];
  return [{ ...inBos(node, 'SPEED', `the device can do SuperSpeed, but runs at ${speed} speed`) }];
};

export const bosRules = [missing, header, linkPower, latencies, container, sublinks, slower];
