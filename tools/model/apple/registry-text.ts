// registry-text.ts — the tree `ioreg` draws for people in, the same entries as registry.ts out.
//
// Our tools ask for `ioreg -a`. This reads what somebody pasted into a report.

import type { PlistValue } from './property-list-values.ts';
import type { RegistryEntry } from './registry-tree.ts';

const NODE = /^(?<indent>[\s|]*)\+-o (?<name>.+?)\s+<class (?<class>[\w.]+)(?:, id 0x(?<id>[0-9a-f]+))?/;
const PROPERTY = /^[\s|]*"(?<key>[^"]+)"\s* = \s*(?<value>.+?)\s*$/;

interface Growing extends RegistryEntry {
  readonly properties: Record<string, PlistValue>;
  readonly children: Growing[];
}

/** Numbers and quoted strings become values, everything else stays as it is printed. */
export function parseRegistryText(text: string): readonly RegistryEntry[] {
  const roots: Growing[] = [];
  const open: { readonly indent: number; readonly entry: Growing }[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') open.length = 0;
    const node = NODE.exec(line)?.groups;
    if (node) {
      const indent = node.indent?.length ?? 0;
      const entry: Growing = {
        name: node.name ?? '',
        className: node.class ?? '',
        id: hex(node.id),
        properties: {},
        children: [],
      };
      while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
      (open.at(-1)?.entry.children ?? roots).push(entry);
      open.push({ indent, entry });
      continue;
    }
    const property = PROPERTY.exec(line)?.groups;
    const current = open.at(-1)?.entry;
    if (property?.key !== undefined && current) current.properties[property.key] = plainValue(property.value ?? '');
  }
  return roots;
}

const hex = (digits: string | undefined) => (digits === undefined ? undefined : Number.parseInt(digits, 16));

function plainValue(text: string): PlistValue {
  if (/^\d+$/.test(text)) return Number(text);
  return /^"(?<inside>[^"]*)"$/.exec(text)?.groups?.inside ?? text;
}
