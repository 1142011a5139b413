// device-report.ts — one device in, the lines a person reads out: verdict first, then ports, macOS, findings; with -v every descriptor.

import { diagnose } from '../../checks/usb/diagnose.ts';
import type { Finding } from '../../checks/usb/finding.ts';
import { type Prediction, predict } from '../../checks/usb/macos/predict.ts';
import { judge, type Port, type Verdict } from '../../checks/usb/verdict.ts';
import type { Dump } from '../../model/usb/dump.ts';
import { displayName } from '../../model/usb/identity.ts';
import { readSubject, type Subject, speedName } from '../../model/usb/subject.ts';
import type { Endpoint } from '../../model/usb/tree.ts';
import { shown, wrap } from '../text.ts';
import { macosReport } from './macos-report.ts';
import { functionReport, pasteReport } from './paste-report.ts';
import { type Style, table } from './style.ts';
import { treeReport } from './tree-report.ts';

export interface Inspection {
  readonly subject: Subject;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Undefined when there is no device to match anything against. */
  readonly prediction: Prediction | undefined;
}

/** What a list shows of a device: quicker to have than all the rest. */
export type Glance = Pick<Inspection, 'subject' | 'verdict'>;

export function glance(dump: Dump): Glance {
  const subject = readSubject(dump);
  return { subject, verdict: judge(subject) };
}

/** Everything that can be said of a dump. */
export function inspect(dump: Dump): Inspection {
  const subject = readSubject(dump);
  return { subject, verdict: judge(subject), findings: diagnose(subject), prediction: predict(subject) };
}

export function deviceReport(
  { subject, verdict, findings, prediction }: Inspection,
  style: Style,
  verbose: boolean,
): string[] {
  return [
    ...heading(subject, verdict, style),
    ...portTable(verdict, style),
    ...findingLines(findings, subject, style),
    ...macosReport(subject, prediction, style),
    ...pasteReport(verdict, style),
    ...(verbose ? [...functionReport(verdict, style), ...treeReport(subject, findings, style)] : []),
    ...noteLines(subject, style),
  ];
}

const SIGN = {
  drivable: '✔',
  'partly drivable': '!',
  'not drivable': '✖',
  unknown: '?',
} as const;

function heading(subject: Subject, { identity, answer, sentence }: Verdict, style: Style): string[] {
  const { dump, speed, speedBasis } = subject;
  const name = identity ? shown(displayName(identity)) : '';
  const how = { seen: speedName(speed), concluded: `probably ${speedName(speed)}`, guessed: '' }[speedBasis];
  const serial = identity?.serial ? `serial ${shown(identity.serial)}` : '';
  const facts = [how, serial, `${dump.form}: ${shown(dump.name)}`].filter((part) => part !== '').join(' · ');
  const paint = {
    drivable: style.green,
    'partly drivable': style.yellow,
    'not drivable': style.red,
    unknown: style.yellow,
  }[answer];
  const [first = '', ...more] = wrap(sentence, style.width - 2, 2);
  return [
    `${style.bold(identity?.id ?? '????:????')} ${name}`.trimEnd(),
    ...wrap(facts, style.width, 0).map(style.dim),
    `${paint(SIGN[answer])} ${style.bold(first)}`,
    ...more.map(style.bold),
    '',
  ];
}

interface Column {
  readonly head: string;
  /** Left out of tables narrower than this. */
  readonly from: number;
  readonly cell: (port: Port, width: number) => string;
}

const pipe = (endpoint: Endpoint | undefined, width: number) => {
  if (!endpoint) return '—';
  const address = `0x${endpoint.address.toString(16).padStart(2, '0')}`;
  return width < 92 ? address : `${address}/${endpoint.maxPacketSize & 0x7ff}`;
};

const COLUMNS: readonly Column[] = [
  { head: '#', from: 0, cell: ({ number }) => String(number) },
  { head: 'label', from: 0, cell: ({ label }) => shown(label) },
  { head: 'framing', from: 0, cell: ({ function: each }) => each.framing },
  { head: 'ifs', from: 72, cell: ({ function: each }) => interfaces(each.control.interface, each.dataInterface) },
  { head: 'IN', from: 0, cell: ({ function: each }, width) => pipe(each.bulkIn, width) },
  { head: 'OUT', from: 0, cell: ({ function: each }, width) => pipe(each.bulkOut, width) },
  { head: 'notify', from: 72, cell: ({ function: each }, width) => pipe(each.notification, width) },
  { head: 'frame', from: 84, cell: ({ function: each }) => String(each.segmentSize ?? '—') },
  { head: 'MAC', from: 0, cell: ({ mac }) => mac ?? '—' },
  { head: 'ours', from: 0, cell: ({ drivable }) => (drivable ? '✔' : '✖') },
];

const interfaces = (control: number, data: number | undefined) =>
  data === undefined || data === control ? String(control) : `${control}+${data}`;

function portTable({ ports, configuration }: Verdict, style: Style): string[] {
  if (ports.length === 0) return [];
  const columns = COLUMNS.filter(({ from }) => style.width >= from);
  const cells = ports.map((port) => columns.map(({ cell }) => cell(port, style.width)));
  const rows = table([columns.map(({ head }) => head), ...cells], style.width - 2, 1);
  const blocked = ports.filter(({ drivable }) => !drivable);
  return [
    style.bold(`Ports in configuration ${configuration?.value ?? '?'}`),
    ...rows.map((row, index) => `  ${index === 0 ? style.dim(row) : row}`),
    ...blocked.flatMap(({ number, why }) =>
      wrap(`port ${number}: ${why}`, style.width - 4, 2).map((line) => `  ${style.yellow('✖')} ${line}`),
    ),
    '',
  ];
}

const SIGNS = { fail: '✖', warn: '!', note: '·' } as const;

function findingLines(findings: readonly Finding[], { dump }: Subject, style: Style): string[] {
  if (findings.length === 0 && dump.lacks?.has('endpoints'))
    return [style.bold('Findings'), `  ? ${dump.form} has too little to tell`, ''];
  if (findings.length === 0)
    return [style.bold('Findings'), `  ${style.green('✔')} nothing wrong with the descriptors`, ''];
  const counted = (['fail', 'warn', 'note'] as const)
    .map((level) => [findings.filter((each) => each.level === level).length, level] as const)
    .filter(([count]) => count > 0)
    .map(([count, level]) => `${count} ${level}`);
  return [
    `${style.bold('Findings')} ${style.dim(`(${counted.join(', ')})`)}`,
    ...folded(findings).flatMap(({ all, first }) => findingLinesOf(first, all, style)),
    '',
  ];
}

interface Folded {
  readonly first: Finding;
  readonly all: Finding[];
}

/** What one rule found is explained once, however often it was seen. */
function folded(findings: readonly Finding[]): Folded[] {
  const groups = new Map<string, Folded>();
  for (const each of findings) {
    const group = groups.get(`${each.id} ${each.level}`);
    if (group) group.all.push(each);
    else groups.set(`${each.id} ${each.level}`, { first: each, all: [each] });
  }
  return [...groups.values()];
}

/** More places of one rule than this are counted, not listed; `--json` has them all. */
const MOST_PLACES = 8;

function findingLinesOf(first: Finding, all: readonly Finding[], style: Style): string[] {
  const rest = all.length - MOST_PLACES;
  return [
    ...all.slice(0, MOST_PLACES).flatMap((each) => findingText(each, style)),
    ...(rest > 0 ? [`    … and ${rest} more of these`] : []),
    ...wrap(first.effect, style.width - 4, 0).map((line) => `    ${line}`),
    ...wrap(`→ ${first.fix}`, style.width - 4, 2).map((line) => `    ${style.dim(line)}`),
  ];
}

function findingText({ id, level, part, offset, seen }: Finding, style: Style): string[] {
  const paint = { fail: style.red, warn: style.yellow, note: style.cyan }[level];
  const offsetText = offset === undefined ? '' : `0x${offset.toString(16).padStart(4, '0')}`;
  const place = offset === undefined ? '' : ` at ${part === 'descriptors' ? '' : `${part} `}${offsetText}`;
  const [first = '', ...more] = wrap(`${id}${place}: ${shown(seen)}`, style.width - 4, 0);
  return [`  ${paint(SIGNS[level])} ${first.replace(id, style.bold(id))}`, ...more.map((line) => `    ${line}`)];
}

const noteLines = ({ dump }: Subject, style: Style) =>
  dump.notes.flatMap((note) => wrap(`Note: ${shown(note)}`, style.width, 6).map(style.dim));
