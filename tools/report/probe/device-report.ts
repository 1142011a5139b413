// device-report.ts — one device in, the lines a person reads out: verdict first, then ports, macOS, findings; with -v every descriptor.

import { diagnose } from '../../checks/usb/diagnose.ts';
import type { Finding } from '../../checks/usb/finding.ts';
import { type Prediction, predict } from '../../checks/usb/macos/predict.ts';
import { judge, type Port, type Verdict } from '../../checks/usb/verdict.ts';
import type { Dump } from '../../model/usb/dump.ts';
import { displayName } from '../../model/usb/identity.ts';
import { readSubject, type Subject, speedName } from '../../model/usb/subject.ts';
import type { Endpoint } from '../../model/usb/tree.ts';
import { macosReport } from './macos-report.ts';
import { pasteReport } from './paste-report.ts';
import { type Style, shown, table, wrap } from './style.ts';
import { treeReport } from './tree-report.ts';

export interface Inspection {
  readonly subject: Subject;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Undefined when there is no device to match anything against. */
  readonly prediction: Prediction | undefined;
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
    ...(verbose ? treeReport(subject, findings, style) : []),
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

const pipeText = (endpoint: Endpoint | undefined) =>
  endpoint ? `0x${endpoint.address.toString(16).padStart(2, '0')}/${endpoint.maxPacketSize & 0x7ff}` : '—';

function portRow({ number, label, function: each, mac, drivable, why }: Port): string[] {
  const interfaces =
    each.dataInterface === undefined || each.dataInterface === each.control.interface
      ? String(each.control.interface)
      : `${each.control.interface}+${each.dataInterface}`;
  return [
    String(number),
    shown(label),
    each.framing,
    interfaces,
    pipeText(each.bulkIn),
    pipeText(each.bulkOut),
    pipeText(each.notification),
    each.segmentSize === undefined ? '—' : String(each.segmentSize),
    mac ?? '—',
    drivable ? 'yes' : `no: ${why}`,
  ];
}

function portTable({ ports, configuration }: Verdict, style: Style): string[] {
  if (ports.length === 0) return [];
  const head = ['#', 'label', 'framing', 'ifs', 'IN', 'OUT', 'notify', 'frame', 'MAC', 'drivable'];
  const rows = table([head, ...ports.map(portRow)], style.width - 2, 1);
  const title = `Ports in configuration ${configuration?.value ?? '?'}`;
  return [style.bold(title), ...rows.map((row, index) => `  ${index === 0 ? style.dim(row) : row}`), ''];
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
    ...findings.flatMap((each) => findingText(each, style)),
    '',
  ];
}

function findingText({ id, level, part, offset, seen, effect, fix }: Finding, style: Style): string[] {
  const paint = { fail: style.red, warn: style.yellow, note: style.cyan }[level];
  const place =
    offset === undefined
      ? ''
      : ` at ${part === 'descriptors' ? '' : `${part} `}0x${offset.toString(16).padStart(4, '0')}`;
  const [first = '', ...more] = wrap(`${id}${place}: ${shown(seen)}`, style.width - 2, 4);
  return [
    `  ${paint(SIGNS[level])} ${first.replace(id, style.bold(id))}`,
    ...more.map((line) => `  ${line.slice(2)}`),
    ...wrap(effect, style.width - 4, 0).map((line) => `    ${line}`),
    ...wrap(`→ ${fix}`, style.width - 4, 2).map((line) => `    ${style.dim(line)}`),
  ];
}

const noteLines = ({ dump }: Subject, style: Style) =>
  dump.notes.flatMap((note) => wrap(`Note: ${shown(note)}`, style.width, 6).map(style.dim));
