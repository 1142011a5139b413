// cdc.ts — rules on the class-specific descriptors of communications interfaces (CDC 1.2, 5.2.3; NCM 1.1, 5; MBIM 1.0, 6).

import { functional, type NetworkFunction } from '../../../model/usb/functions.ts';
import { CDC, CDC_SUBTYPE } from '../../../model/usb/layouts/cdc.ts';
import { TYPE } from '../../../model/usb/layouts/standard.ts';
import { type DescriptorNode, isKnown, numberIn } from '../../../model/usb/node.ts';
import type { Setting } from '../../../model/usb/tree.ts';
import type { RuleId } from '../catalogue.ts';
import { at, type Rule, type Sighting } from '../finding.ts';

const perFunction =
  (check: (each: NetworkFunction) => readonly Sighting[]): Rule =>
  ({ functions }) =>
    functions.flatMap(check);

/** What each framing cannot do without. */
const NEEDED: Readonly<Record<string, readonly (readonly [number, RuleId])[]>> = {
  NCM: [
    [CDC_SUBTYPE.ethernet, 'CDC-NOETH'],
    [CDC_SUBTYPE.ncm, 'CDC-NONCM'],
  ],
  ECM: [[CDC_SUBTYPE.ethernet, 'CDC-NOETH']],
  MBIM: [[CDC_SUBTYPE.mbim, 'CDC-NOMBIM']],
};

const neededDescriptors = perFunction(({ framing, control }) => {
  const missing = (NEEDED[framing] ?? []).filter(([subtype]) => !functional(control, subtype));
  const header =
    framing === 'RNDIS' || framing === 'EEM' || functional(control, CDC_SUBTYPE.header) ? [] : [headerMissing(control)];
  return [
    ...missing.map(([, id]) => at(control.node, id, `${framing} interface ${control.interface} lacks it`)),
    ...header,
  ];
});

const headerMissing = ({ node, interface: number }: Setting) =>
  at(node, 'CDC-NOHEADER', `interface ${number} has no CDC header descriptor`);

const lengths: Rule = ({ tree }) =>
  tree.nodes.flatMap((node) => {
    const shape = node.type === TYPE.classInterface ? CDC.find((each) => each === node.layout) : undefined;
    const open = shape?.repeat !== undefined || shape?.fields.some(({ size }) => size === 0);
    const smallest = shape?.subtype === CDC_SUBTYPE.union ? 5 : (shape?.size ?? 0);
    const wrong = open ? node.bytes.length < smallest : node.bytes.length !== smallest;
    if (!shape || !wrong || node.problems.some(({ id }) => id !== 'LEN-SHORT')) return [];
    return [at(node, 'CDC-LEN', `${shape.name} is ${node.bytes.length} bytes long; ${smallest} is right`)];
  });

const repeated: Rule = ({ tree }) => tree.configurations.flatMap(({ settings }) => settings.flatMap(repeatedIn));

function repeatedIn({ classSpecific, interface: number }: Setting): Sighting[] {
  const once: readonly [number, RuleId][] = [
    [CDC_SUBTYPE.header, 'CDC-DUP'],
    [CDC_SUBTYPE.ethernet, 'CDC-DUP'],
    [CDC_SUBTYPE.union, 'CDC-UNION-DUP'],
  ];
  return once.flatMap(([subtype, id]) => {
    const all = classSpecific.filter((node) => node.layout && CDC.includes(node.layout) && node.subtype === subtype);
    return all.slice(1).map((node) => at(node, id, `interface ${number} has a second ${node.name} descriptor`));
  });
}

const misplaced: Rule = ({ tree }) =>
  tree.configurations.flatMap((configuration) => [
    ...configuration.misplaced.map((node) => at(node, 'CDC-MISPLACED', `${node.name} stands before any interface`)),
    ...configuration.settings.flatMap(({ endpoints, triple, interface: number }) =>
      triple[0] === 0x02 ? endpoints.flatMap(({ followers }) => behindEndpoint(followers, number)) : [],
    ),
  ]);

const behindEndpoint = (followers: readonly DescriptorNode[], number: number) =>
  followers
    .filter(({ type }) => type === TYPE.classInterface)
    .map((node) => at(node, 'CDC-MISPLACED', `${node.name} of interface ${number} stands behind its endpoint`));

const unions: Rule = ({ tree }) =>
  tree.configurations.flatMap(({ settings }) => {
    const numbers = new Set(settings.map((each) => each.interface));
    return settings.flatMap((setting) => checkUnion(setting, numbers));
  });

function checkUnion(setting: Setting, numbers: ReadonlySet<number>): Sighting[] {
  const union = functional(setting, CDC_SUBTYPE.union);
  if (!union || union.problems.length > 0 || !isKnown(union, 'bControlInterface')) return [];
  const control = numberIn(union, 'bControlInterface');
  const subordinates = union.fields
    .filter(({ shape }) => shape.name.startsWith('bSubordinate'))
    .map(({ value }) => value);
  const says = `interface ${setting.interface}: the union names control ${control}, data ${subordinates.join(', ') || 'none'}`;
  const level = setting.triple[0] === 0xff ? 'note' : undefined;
  const absent = [control, ...subordinates].filter((number) => !numbers.has(number));
  if (absent.length > 0)
    return [at(union, 'CDC-UNION-BOGUS', `${says}; interface ${absent.join(', ')} does not exist`, level)];
  if (control === setting.interface)
    return subordinates.includes(control) ? [at(union, 'CDC-UNION-BOGUS', `${says}: itself`, level)] : [];
  if (subordinates.includes(setting.interface)) return [at(union, 'CDC-UNION-SWAP', says)];
  return [at(union, 'CDC-UNION-BOGUS', `${says}; it stands in another interface`, level)];
}

const unionMissing = perFunction(({ framing, union, control, dataInterface }) => {
  if (union || dataInterface === control.interface || framing === 'EEM') return [];
  return [at(control.node, 'CDC-NOUNION', `interface ${control.interface} (${framing}) has no union descriptor`)];
});

/** Whether frames other than the standard ones are promised; 1514 is a frame without its check sequence. */
const segmentSize = perFunction(({ control, segmentSize: size, framing }) => {
  const node = functional(control, framing === 'MBIM' ? CDC_SUBTYPE.mbim : CDC_SUBTYPE.ethernet);
  if (!node || size === undefined || framing === 'MBIM' || !isKnown(node, 'wMaxSegmentSize')) return [];
  if (size < 1514) return [at(node, 'CDC-MSS', `wMaxSegmentSize is ${size}, less than a standard frame (1514)`)];
  return size > 9018 ? [at(node, 'CDC-MSS', `wMaxSegmentSize is ${size}, more than a jumbo frame (9018)`)] : [];
});

const ncm = perFunction(({ control, framing }) => {
  const node = framing === 'NCM' ? functional(control, CDC_SUBTYPE.ncm) : undefined;
  if (!node || node.problems.length > 0) return [];
  const version = numberIn(node, 'bcdNcmVersion');
  const sightings: Sighting[] = [];
  if (isKnown(node, 'bmNetworkCapabilities') && (numberIn(node, 'bmNetworkCapabilities') & 1) === 0)
    sightings.push(at(node, 'NCM-FILTER', `interface ${control.interface} does not support SetEthernetPacketFilter`));
  if (isKnown(node, 'bcdNcmVersion') && version !== 0x0100 && version !== 0x0110)
    sightings.push(at(node, 'NCM-VER', `bcdNcmVersion is 0x${version.toString(16).padStart(4, '0')}`));
  return sightings;
});

export const cdcRules = [neededDescriptors, lengths, repeated, misplaced, unions, unionMissing, segmentSize, ncm];
