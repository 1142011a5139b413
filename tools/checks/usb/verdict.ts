// verdict.ts — a subject in, one sentence and its ports out: can our driver drive this device, in which configuration, and why.

import { bestName } from '../../model/usb/class-names.ts';
import type { Framing, NetworkFunction } from '../../model/usb/functions.ts';
import { type Identity, readIdentity } from '../../model/usb/identity.ts';
import { macFromString } from '../../model/usb/mac.ts';
import type { Subject } from '../../model/usb/subject.ts';
import type { Configuration } from '../../model/usb/tree.ts';

/** Framings `dext/core/framing` has. A new one there is a new word here. */
export const DRIVEN_FRAMINGS: readonly Framing[] = ['NCM', 'ECM'];

export interface Port {
  /** From 1, in the order of control interfaces: as printed on the case, until a device file says better. */
  readonly number: number;
  readonly label: string;
  readonly function: NetworkFunction;
  readonly mac?: string;
  readonly drivable: boolean;
  /** Why not, or what a person should know. */
  readonly why: string;
}

export interface Verdict {
  readonly answer: 'drivable' | 'partly drivable' | 'not drivable' | 'unknown';
  readonly sentence: string;
  /** The configuration whose ports are listed. */
  readonly configuration?: Configuration;
  readonly ports: readonly Port[];
  readonly identity?: Identity;
}

export function judge(subject: Subject): Verdict {
  const identity = readIdentity(subject);
  const candidates = subject.tree.configurations.map((configuration) => ({
    configuration,
    ports: portsOf(subject, configuration),
  }));
  const best = candidates.reduce<Candidate | undefined>(better, undefined);
  const ports = best?.ports ?? [];
  const answer = answerFor(subject, ports);
  const broken = brokenText(subject);
  return {
    answer,
    sentence: `${capital(answer)}: ${reason(subject, answer, best?.configuration, ports, identity)}${broken}.`,
    ...(best && ports.length > 0 && { configuration: best.configuration }),
    ports,
    ...(identity && { identity }),
  };
}

/** The first thing that broke the shape of the descriptors: it may be the reason for all the rest. */
function brokenText({ tree, dump }: Subject): string {
  if (dump.lacks?.has('rest')) return '';
  const [problem] = tree.nodes.flatMap(({ problems }) => problems);
  if (!problem) return '';
  return `; the descriptors are broken at 0x${problem.offset.toString(16).padStart(4, '0')} (${problem.id})`;
}

type Candidate = { readonly configuration: Configuration; readonly ports: readonly Port[] };
const drivableIn = ({ ports }: Candidate) => ports.filter(({ drivable }) => drivable).length;

/** Ports whose transfers carry many frames each. */
const gatheringIn = ({ ports }: Candidate) =>
  ports.filter(({ drivable, function: each }) => drivable && each.framing === 'NCM').length;

/** More drivable ports win, then more of them that speak NCM, then more ports, then the earlier configuration. */
function better(best: Candidate | undefined, next: Candidate): Candidate {
  if (!best) return next;
  const gain =
    drivableIn(next) - drivableIn(best) ||
    gatheringIn(next) - gatheringIn(best) ||
    next.ports.length - best.ports.length;
  return gain > 0 ? next : best;
}

function portsOf(subject: Subject, configuration: Configuration): Port[] {
  const owners = pipeOwners(configuration);
  return subject.functions
    .filter((each) => each.configuration === configuration)
    .map((each, index) => {
      const mac = macFromString(subject.dump.strings.get(each.macString ?? 0)) ?? boundMac(subject, each);
      const untold = subject.dump.lacks?.has('endpoints') && DRIVEN_FRAMINGS.includes(each.framing);
      const why = untold ? 'its pipes are not in the input' : obstacle(each, owners);
      return {
        number: index + 1,
        label: labelOf(subject, each) ?? `Port ${index + 1}`,
        function: each,
        ...(mac && { mac }),
        drivable: why === undefined,
        why: why ?? '',
      };
    });
}

const boundMac = ({ dump, tree }: Subject, { control, configuration }: NetworkFunction) =>
  (dump.activeConfiguration ?? tree.configurations[0]?.value) === configuration.value
    ? dump.bindings?.find((each) => each.interface === control.interface)?.mac
    : undefined;

const labelOf = ({ dump }: Subject, { labelStrings }: NetworkFunction) =>
  labelStrings.map((index) => dump.strings.get(index)).find((text) => text !== undefined && text !== '');

/** The interface that describes each endpoint address first: it is the one that gets the pipe (Linux' usb_parse_endpoint). */
function pipeOwners({ settings }: Configuration): ReadonlyMap<number, number> {
  const owners = new Map<number, number>();
  for (const setting of settings)
    for (const { address } of setting.endpoints) if (!owners.has(address)) owners.set(address, setting.interface);
  return owners;
}

/** Why our driver cannot drive a function; undefined when it can. */
function obstacle(each: NetworkFunction, owners: ReadonlyMap<number, number>): string | undefined {
  const { framing, dataInterface, bulkIn, bulkOut, notification, control } = each;
  if (dataInterface === undefined) return 'no data interface';
  if (!bulkIn || !bulkOut) return 'no pair of bulk pipes';
  if (!DRIVEN_FRAMINGS.includes(framing)) return `the driver has no ${framing} framing`;
  if (!notification) return 'no notification pipe';
  const mine = [control.interface, dataInterface];
  const taken = [bulkIn, bulkOut, notification].find(({ address }) => !mine.includes(owners.get(address) ?? -1));
  return taken && `pipe 0x${taken.address.toString(16)} is interface ${owners.get(taken.address)}'s`;
}

function answerFor({ tree, dump }: Subject, ports: readonly Port[]): Verdict['answer'] {
  const drivable = ports.filter((each) => each.drivable).length;
  if (drivable > 0) return drivable === ports.length ? 'drivable' : 'partly drivable';
  const untold =
    dump.lacks?.has('endpoints') && ports.every(({ function: each }) => DRIVEN_FRAMINGS.includes(each.framing));
  return tree.configurations.length === 0 || untold ? 'unknown' : 'not drivable';
}

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];
export const countText = (count: number, noun: string) => `${NUMBERS[count] ?? count} ${noun}${count === 1 ? '' : 's'}`;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function reason(
  subject: Subject,
  answer: Verdict['answer'],
  configuration: Configuration | undefined,
  ports: readonly Port[],
  identity: Identity | undefined,
): string {
  const chip = identity?.chip ? ` (${identity.chip.name})` : '';
  if (answer === 'unknown') return unknownReason(subject, ports, chip);
  const drivable = ports.filter((each) => each.drivable);
  const blocked = ports.filter((each) => !each.drivable);
  const where = subject.tree.configurations.length > 1 ? ` in configuration ${configuration?.value}` : '';
  const other = blocked.length > 0 ? `; ${blockedText(blocked)}` : '';
  if (drivable.length > 0) return `${countText(drivable.length, `${framings(drivable)} port`)}${where}${chip}${other}`;
  if (ports.length > 0) return blockedText(blocked, `${where}${chip}`);
  return `${noFunction(subject)}${chip}`;
}

const framings = (ports: readonly Port[]) => [...new Set(ports.map((each) => each.function.framing))].join('/');

function blockedText(ports: readonly Port[], where = ''): string {
  const whys = [...new Set(ports.map(({ why }) => why))].join(', ');
  return `${countText(ports.length, `${framings(ports)} function`)}${where}, but ${whys}`;
}

function unknownReason({ tree, dump }: Subject, ports: readonly Port[], chip: string): string {
  if (!tree.device) return 'the input has no device';
  if (tree.configurations.length === 0) return `the input has no configuration descriptor${chip}`;
  const what = ports.length > 0 ? countText(ports.length, `${framings(ports)} function`) : 'its interfaces are named';
  return `${what}${chip}, but the ${dump.form} does not tell the pipes`;
}

/** What the device is instead. */
function noFunction({ tree }: Subject): string {
  const triples = tree.configurations.flatMap(({ settings }) => settings.map(({ triple }) => triple));
  const names = [...new Set(triples.map(bestName).filter((name) => name !== ''))];
  if (names.length === 0) return 'no interface is described';
  const shown = names.slice(0, 4).join(', ') + (names.length > 4 ? ', …' : '');
  return `no network function of a known class, only ${shown}`;
}
