// interface.ts — rules on interfaces, their alternate settings and associations (USB 2.0, 9.6.5; IAD ECN).

import { tripleText } from '../../../model/usb/class-names.ts';
import { type DescriptorNode, isKnown, numberIn } from '../../../model/usb/node.ts';
import type { Configuration, Setting } from '../../../model/usb/tree.ts';
import { at, type Rule, type Sighting } from '../finding.ts';

const perConfiguration =
  (check: (configuration: Configuration) => readonly Sighting[]): Rule =>
  ({ tree }) =>
    tree.configurations.flatMap(check);

const numbering = perConfiguration(({ node, settings }) => {
  const order = [...new Set(settings.map((each) => each.interface))];
  const sorted = [...order].sort((one, other) => one - other);
  const list = order.slice(0, 16).join(', ');
  const sightings: Sighting[] = [];
  if (sorted.some((number, index) => number !== index))
    sightings.push(at(node, 'IF-GAP', `interface numbers are ${list}`));
  if (order.some((number, index) => number !== sorted[index]))
    sightings.push(at(node, 'IF-ORDER', `interfaces come in the order ${list}`));
  return sightings;
});

const duplicates = perConfiguration(({ settings }) => {
  const seen = new Set<number>();
  return settings.flatMap((each) => {
    if (!isKnown(each.node, 'bInterfaceNumber')) return [];
    const key = each.interface * 256 + each.alternate;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [at(each.node, 'IF-DUP', `interface ${each.interface} has setting ${each.alternate} twice`)];
  });
});

/** Settings of each interface in the order they came. */
function byInterface(settings: readonly Setting[]): Setting[][] {
  const groups = new Map<number, Setting[]>();
  for (const each of settings) {
    const group = groups.get(each.interface);
    if (group) group.push(each);
    else groups.set(each.interface, [each]);
  }
  return [...groups.values()];
}

const alternates = perConfiguration(({ settings }) =>
  byInterface(settings).flatMap((group) => {
    const [first] = group as [Setting];
    const order = group.map(({ alternate }) => alternate);
    const sorted = [...new Set(order)].sort((one, other) => one - other);
    const list = order.slice(0, 16).join(', ');
    const sightings: Sighting[] = [];
    if (sorted.some((number, index) => number !== index))
      sightings.push(at(first.node, 'ALT-GAP', `interface ${first.interface} has settings ${list}`));
    if (order.some((number, index) => index > 0 && number < (order[index - 1] ?? 0)))
      sightings.push(at(first.node, 'ALT-ORDER', `settings of interface ${first.interface} come in the order ${list}`));
    return sightings;
  }),
);

const associations = perConfiguration((configuration) =>
  configuration.associations.flatMap((node, index) => [
    ...associationCount(configuration, node),
    ...associationClass(configuration, node),
    ...associationOverlap(configuration.associations.slice(0, index), node),
    ...associationOrder(configuration, node),
  ]),
);

const range = (node: DescriptorNode) => {
  const first = numberIn(node, 'bFirstInterface');
  return { first, last: first + numberIn(node, 'bInterfaceCount') - 1 };
};

function associationCount({ settings }: Configuration, node: DescriptorNode): Sighting[] {
  const { first, last } = range(node);
  if (last < first) return [at(node, 'IAD-COUNT', 'the association covers no interface')];
  const numbers = new Set(settings.map((each) => each.interface));
  const missing = Array.from({ length: last - first + 1 }, (_, index) => first + index).filter(
    (each) => !numbers.has(each),
  );
  if (missing.length === 0) return [];
  return [at(node, 'IAD-COUNT', `covers interfaces ${first} to ${last}; ${missing.slice(0, 8).join(', ')} missing`)];
}

function associationClass({ settings }: Configuration, node: DescriptorNode): Sighting[] {
  const owner = settings.find((each) => each.interface === numberIn(node, 'bFirstInterface'));
  const said = ['bFunctionClass', 'bFunctionSubClass', 'bFunctionProtocol'].map((name) => numberIn(node, name));
  if (!owner || tripleText(said) === tripleText(owner.triple)) return [];
  const seen = `the association says ${tripleText(said)}, its interface ${owner.interface} says ${tripleText(owner.triple)}`;
  // Audio and video functions have triples of their own (Audio 2.0, A.3; Video 1.5, A.2).
  if (said[0] === owner.triple[0] && (said[0] === 0x01 || said[0] === 0x0e)) return [];
  const sameClass = said[0] === owner.triple[0] && said[1] === owner.triple[1];
  return [at(node, 'IAD-CLASS', seen, sameClass ? 'note' : 'warn')];
}

function associationOverlap(earlier: readonly DescriptorNode[], node: DescriptorNode): Sighting[] {
  const mine = range(node);
  const other = earlier.find((each) => range(each).first <= mine.last && mine.first <= range(each).last);
  return other ? [at(node, 'IAD-OVERLAP', `overlaps the association at offset ${other.offset}`)] : [];
}

function associationOrder({ settings }: Configuration, node: DescriptorNode): Sighting[] {
  const { first, last } = range(node);
  const early = settings.find(
    (each) => each.interface >= first && each.interface <= last && each.node.offset < node.offset,
  );
  return early ? [at(node, 'IAD-ORDER', `stands behind its interface ${early.interface}`)] : [];
}

const deviceClass: Rule = ({ tree: { device, configurations } }) => {
  const association = configurations.flatMap((each) => each.associations)[0];
  if (!device || !association) return [];
  const triple = ['bDeviceClass', 'bDeviceSubClass', 'bDeviceProtocol'].map((name) => numberIn(device, name));
  if (tripleText(triple) === 'ef/02/01') return [];
  return [at(device, 'IAD-DEVCLASS', `there are associations, but the device class is ${tripleText(triple)}`)];
};

export const interfaceRules = [numbering, duplicates, alternates, associations, deviceClass];
