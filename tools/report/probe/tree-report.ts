// tree-report.ts — every descriptor with its offset, its fields and what is wrong with it: what `lsusb -v` prints and what it does not.

import type { Finding } from '../../checks/usb/finding.ts';
import { hexBytes, hexNumber, uuidText } from '../../model/usb/bytes.ts';
import { bestName } from '../../model/usb/class-names.ts';
import { TYPE } from '../../model/usb/layouts/standard.ts';
import { readMsOs20 } from '../../model/usb/ms-os-20.ts';
import type { DescriptorNode, Field } from '../../model/usb/node.ts';
import { numberIn } from '../../model/usb/node.ts';
import { readNtbParameters } from '../../model/usb/ntb-parameters.ts';
import { meaningContext, type Subject } from '../../model/usb/subject.ts';
import { cut, shown, wrap } from '../text.ts';
import type { Style } from './style.ts';

export function treeReport(subject: Subject, findings: readonly Finding[], style: Style): string[] {
  const { dump } = subject;
  return [
    ...section('Descriptors', subject.tree.nodes, subject, findings, 'descriptors', style),
    ...section('Binary object store', subject.bos, subject, findings, 'bos', style),
    ...section('Device qualifier', subject.qualifier, subject, findings, 'qualifier', style),
    ...section('Other speed', subject.otherSpeed, subject, [], 'descriptors', style),
    ...section('Hub', subject.hub, subject, [], 'descriptors', style),
    ...microsoftLines(dump.msOs20?.bytes, style),
    ...ntbLines(subject, style),
    ...stringLines(subject, style),
    ...bindingLines(subject, style),
  ];
}

type Triple = readonly [number, number, number];

function section(
  title: string,
  nodes: readonly DescriptorNode[],
  subject: Subject,
  findings: readonly Finding[],
  part: Finding['part'],
  style: Style,
): string[] {
  if (nodes.length === 0) return [];
  let triple: Triple = [0, 0, 0];
  const byOffset = new Map<number | undefined, Finding[]>();
  for (const each of findings.filter((finding) => finding.part === part))
    byOffset.set(each.offset, [...(byOffset.get(each.offset) ?? []), each]);
  const lines = nodes.flatMap((node) => {
    triple = tripleOf(node) ?? triple;
    return nodeLines(node, subject, triple, byOffset.get(node.offset) ?? [], style);
  });
  return [style.bold(title), ...lines, ''];
}

/** The class triple whose names the fields of a node take: its own, or its interface's. */
function tripleOf(node: DescriptorNode): Triple | undefined {
  const prefix = {
    [TYPE.device]: 'bDevice',
    [TYPE.qualifier]: 'bDevice',
    [TYPE.interface]: 'bInterface',
    [TYPE.association]: 'bFunction',
  }[node.type];
  if (prefix === undefined) return undefined;
  return [numberIn(node, `${prefix}Class`), numberIn(node, `${prefix}SubClass`), numberIn(node, `${prefix}Protocol`)];
}

function nodeLines(
  node: DescriptorNode,
  subject: Subject,
  triple: Triple,
  findings: readonly Finding[],
  style: Style,
): string[] {
  const indent = '  '.repeat(node.level);
  const offset = style.dim(hexNumber(node.offset, 4));
  const what = tripleOf(node) ? ` (${bestName(triple)})` : '';
  const facts = `${what} type ${hexNumber(Math.max(node.type, 0), 2)}, ${node.bytes.length} bytes`;
  const room = style.width - 8 - indent.length - node.name.length;
  const title = `${offset}  ${indent}${style.bold(node.name)}${style.dim(cut(facts, room))}`;
  const marks = findings.flatMap(({ id, level, seen }) => {
    const paint = { fail: style.red, warn: style.yellow, note: style.cyan }[level];
    const text = `${{ fail: '✖', warn: '!', note: '·' }[level]} ${id}: ${shown(seen)}`;
    return wrap(text, style.width - 8 - indent.length, 2).map((line) => `        ${indent}${paint(line)}`);
  });
  const body = node.layout
    ? node.fields.map((field) => fieldLine(field, node, subject, triple, indent, style))
    : hexLines(node.bytes, indent);
  return [title, ...marks, ...body];
}

const hexLines = (bytes: Uint8Array, indent: string) =>
  Array.from(
    { length: Math.ceil(bytes.length / 16) },
    (_, row) => `          ${indent}${hexBytes(bytes.subarray(row * 16, row * 16 + 16))}`,
  );

function fieldLine(
  field: Field,
  node: DescriptorNode,
  subject: Subject,
  triple: Triple,
  indent: string,
  style: Style,
): string {
  const { shape, assumed } = field;
  const context = meaningContext(subject, triple, node.bytes);
  const string = shape.form === 'string' ? subject.dump.strings.get(field.value) : undefined;
  const said = assumed ? ['not in the input, assumed'] : [...(shape.means?.(field.value, context) ?? [])];
  const meaning = [...(string === undefined ? [] : [`"${shown(string)}"`]), ...said].join(', ');
  const text = `          ${indent}${shape.name.padEnd(24)} ${valueText(field).padStart(6)}`;
  return `${text}${meaning === '' ? '' : `  ${style.dim(cut(meaning, style.width - text.length - 2))}`}`;
}

export function valueText({ shape, value, bytes }: Field): string {
  switch (shape.form) {
    case 'hex':
      return hexNumber(value, bytes.length * 2);
    case 'bcd':
      return `${(value >> 8).toString(16)}.${(value & 0xff).toString(16).padStart(2, '0')}`;
    case 'uuid':
      return uuidText(bytes);
    case 'bytes':
      return hexBytes(bytes);
    default:
      return String(value);
  }
}

function microsoftLines(bytes: Uint8Array | undefined, style: Style): string[] {
  if (!bytes) return [];
  const { entries } = readMsOs20(bytes);
  const lines = entries.map(
    ({ offset, level, name, text }) =>
      `${style.dim(hexNumber(offset, 4))}  ${'  '.repeat(level)}${style.bold(name)} ${shown(text)}`,
  );
  return [style.bold('Microsoft OS 2.0 descriptor set'), ...lines, ''];
}

function ntbLines({ dump }: Subject, style: Style): string[] {
  return [...(dump.ntbParameters ?? [])].flatMap(([number, bytes]) => [
    style.bold(`NTB parameters of interface ${number}`),
    ...readNtbParameters(bytes).map(({ name, value, meaning }) =>
      `          ${name.padEnd(24)} ${String(value).padStart(6)}  ${style.dim(meaning)}`.trimEnd(),
    ),
    '',
  ]);
}

function stringLines({ dump }: Subject, style: Style): string[] {
  const read = [...dump.strings]
    .sort(([one], [other]) => one - other)
    .map(([index, text]) => `  ${String(index).padStart(3)}  ${shown(text)}`);
  const unread = [...dump.unreadableStrings].map(
    (index) => `  ${String(index).padStart(3)}  ${style.yellow('could not be read')}`,
  );
  return read.length + unread.length > 0 ? [style.bold('Strings'), ...read, ...unread, ''] : [];
}

function bindingLines({ dump }: Subject, style: Style): string[] {
  const lines = (dump.bindings ?? []).map(
    ({ interface: number, driver, osInterface, mac }) =>
      `  interface ${number}  ${driver === undefined ? style.dim('no driver') : shown(driver)}${osInterface ? `, ${shown(osInterface)}` : ''}${mac ? `, ${shown(mac)}` : ''}`,
  );
  return lines.length > 0
    ? [style.bold(`Drivers on this ${dump.system === 'macos' ? 'Mac' : 'system'}`), ...lines, '']
    : [];
}
