// list-report.ts — many devices in, one line for each out: as a tree by bus and port where they are plugged in, else as a list.

import type { Verdict } from '../../checks/usb/verdict.ts';
import type { Dump } from '../../model/usb/dump.ts';
import { displayName } from '../../model/usb/identity.ts';
import { cut, shown } from '../text.ts';
import type { Glance } from './device-report.ts';
import type { Style } from './style.ts';

const MARKS: Readonly<Record<Verdict['answer'], string>> = {
  drivable: '✔',
  'partly drivable': '!',
  'not drivable': '·',
  unknown: '?',
};

const SHORT_SPEED = { low: '1.5M', full: '12M', high: '480M', super: '5G', 'super-plus': '10G+' } as const;

export function listReport(glances: readonly Glance[], style: Style): string[] {
  const isOneSource = new Set(glances.map(({ subject }) => sourceOf(subject.dump))).size === 1;
  const byPlace = (one: Glance, other: Glance) => comparePlaces(placeOf(one), placeOf(other));
  const sorted = isOneSource ? [...glances].sort(byPlace) : glances;
  const fileOf = fileTexts(glances.map(({ subject }) => subject.dump.name));
  const rows = sorted.map((each) => ({ each, place: isOneSource ? placeText(each) : fileText(each, fileOf) }));
  const width = Math.min(
    Math.max(36, Math.floor(style.width / 3)),
    Math.max(4, ...rows.map(({ place }) => place.length)),
  );
  const lines = rows.map(({ each, place }) => line(each, cutFront(place, width).padEnd(width), style));
  return [...lines, '', summary(glances, style)];
}

function line(
  { subject, verdict: { answer, identity, ports, sentence } }: Glance,
  place: string,
  style: Style,
): string {
  const paint = answer === 'drivable' ? style.green : answer === 'partly drivable' ? style.yellow : style.dim;
  const speed = subject.speedBasis === 'guessed' ? '' : SHORT_SPEED[subject.speed];
  const name = shown(identity ? displayName(identity) : '');
  const note = answer.endsWith('not drivable') ? '' : sentence.slice(sentence.indexOf(': ') + 2, -1);
  const fixed = `${MARKS[answer]} ${place}  ${identity?.id ?? '????:????'}  ${speed.padStart(4)}  `;
  const room = style.width - fixed.length;
  const text = cut(
    [name, ports.length > 0 || answer === 'drivable' ? note : ''].filter((each) => each !== '').join(' — '),
    room,
  );
  return `${paint(MARKS[answer])}${fixed.slice(1)}${answer === 'drivable' ? style.bold(text) : text}`.trimEnd();
}

/** Numbers to sort by: bus, then each hub port on the way. */
const placeOf = ({ subject: { dump } }: Glance): number[] => {
  const { bus, port, address } = dump.location ?? {};
  if (port === undefined) return bus === undefined ? [] : [bus, address ?? 0];
  return port.replace(/^usb/, '').split(/[-.]/).map(Number);
};

function comparePlaces(one: readonly number[], other: readonly number[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const difference = (one[index] ?? -1) - (other[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Devices of one machine have one source; each of them is in a folder of its own. */
const sourceOf = ({ form, name }: Dump) => (form.startsWith('sysfs') ? name.slice(0, name.lastIndexOf('/')) : name);

interface FileText {
  readonly text: string;
  readonly holdsOne: boolean;
}

function fileText(glance: Glance, fileOf: ReadonlyMap<string, FileText>): string {
  const { text = '', holdsOne = true } = fileOf.get(glance.subject.dump.name) ?? {};
  return holdsOne ? shown(text) : `${shown(text)} ${placeText(glance).trim()}`;
}

/** Each file by its name, with the folders above it where another file has the same name; `names` has one for each device. */
function fileTexts(names: readonly string[]): ReadonlyMap<string, FileText> {
  const devices = countOf(names);
  const files = [...devices.keys()];
  const tail = (name: string, parts: number) => name.split('/').slice(-parts).join('/');
  const tails = [1, 2, 3, 4].map((parts) => countOf(files.map((file) => tail(file, parts))));
  const text = (file: string) =>
    tail(file, 1 + tails.findIndex((each, index) => each.get(tail(file, index + 1)) === 1));
  return new Map(
    files.map((file) => [file, { text: text(file) === '' ? file : text(file), holdsOne: devices.get(file) === 1 }]),
  );
}

function countOf(all: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const each of all) counts.set(each, (counts.get(each) ?? 0) + 1);
  return counts;
}

/** The end of a path tells more than its beginning. */
const cutFront = (text: string, width: number) =>
  text.length <= width ? text : `…${text.slice(text.length - Math.max(0, width - 1))}`;

/** Indented by how many hubs are on the way; a dump without a place is called by its file. */
function placeText({ subject: { dump } }: Glance): string {
  const { bus, port, address } = dump.location ?? {};
  if (port !== undefined) return `${'  '.repeat(/^usb|^\d+$/.test(port) ? 0 : port.split('.').length)}${shown(port)}`;
  if (bus !== undefined) return `bus ${bus} device ${address ?? '?'}`;
  return shown(dump.name.split('/').at(-1) ?? '');
}

function summary(glances: readonly Glance[], style: Style): string {
  const drivable = glances.filter(
    ({ verdict }) => verdict.answer === 'drivable' || verdict.answer === 'partly drivable',
  );
  const devices = `${glances.length} device${glances.length === 1 ? '' : 's'}`;
  const first = drivable[0];
  const id = first?.verdict.identity?.id;
  const hint = id ? ` More about one: tools/probe … ${id}` : '';
  return style.dim(`${devices}, ${drivable.length} we can drive.${hint}`);
}
