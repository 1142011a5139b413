// system-extensions-list.ts — the output of `systemextensionsctl list` in, its rows out.

import { extensionState, type SystemExtension } from './system-extension.ts';

export interface ListedExtension extends SystemExtension {
  readonly name: string;
  /** The two stars. Undefined where white space was lost and one star could be either. */
  readonly enabled: boolean | undefined;
  readonly active: boolean | undefined;
}

export interface ExtensionsList {
  /** What the first line counts: all categories, so possibly more than the rows somebody posted. */
  readonly count: number | undefined;
  readonly extensions: readonly ListedExtension[];
  /** Rows that look like an extension and could not be read: shown, never dropped. */
  readonly unreadable: readonly string[];
}

const STATE = /\[(?<state>[^[\]]+)\]\s*$/;
const IDENTIFIER = /(?<id>[A-Za-z0-9.-]+) \((?<short>[^/()]+)(?:\/(?<build>[^()]+))?\)/;
const TEAM = /(?<![\w.])(?<team>[A-Z0-9]{10}|-)\s*$/;

/** Reads a list with tabs as macOS prints it, and one whose tabs became spaces on the way. */
export function parseSystemExtensionsList(text: string): ExtensionsList {
  const extensions: ListedExtension[] = [];
  const unreadable: string[] = [];
  let category: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    category = /^---\s*(?<name>com\.apple\.[\w.]+)/.exec(line)?.groups?.name ?? category;
    if (line.startsWith('---') || !STATE.test(line) || /^enabled\s+active\s/.test(line)) continue;
    const row = readRow(line, category);
    if (row) extensions.push(row);
    else unreadable.push(line.trim());
  }
  const count = /^(?<count>\d+) extension\(s\)/m.exec(text)?.groups?.count;
  return { count: count === undefined ? undefined : Number(count), extensions, unreadable };
}

function readRow(line: string, category: string | undefined): ListedExtension | undefined {
  const state = STATE.exec(line);
  const id = IDENTIFIER.exec(line);
  if (!state?.groups || !id?.groups) return undefined;
  const { id: identifier = '', short = '', build } = id.groups;
  const before = line.slice(0, id.index);
  const team = TEAM.exec(before)?.groups?.team;
  return {
    identifier,
    version: { short, build },
    state: extensionState(state.groups.state ?? ''),
    team: team === '-' ? undefined : team,
    category,
    name: line.slice(id.index + id[0].length, state.index).trim(),
    ...readStars(before),
  };
}

function readStars(before: string): Pick<ListedExtension, 'enabled' | 'active'> {
  const columns = before.split('\t');
  if (columns.length >= 3) return { enabled: columns[0]?.trim() === '*', active: columns[1]?.trim() === '*' };
  const stars = before.split('*').length - 1;
  if (stars === 1) return { enabled: undefined, active: undefined };
  return { enabled: stars === 2, active: stars === 2 };
}

/** `systemextensionsctl developer`, `reset` and `uninstall` refuse while SIP is on; `list` and `gc` do not. */
export const refusedBySip = (text: string): boolean =>
  /cannot be used if System Integrity Protection is enabled/.test(text);
