import type { PropertyValue, RegistryEntry } from '../../model/host/registry.ts';

export interface IoregOptions {
  /** Also print every entry's properties (`ioreg -l`). */
  readonly properties: boolean;
}

/** The registry as `ioreg` prints it, one string a line. */
export function formatIoreg(root: RegistryEntry, options: IoregOptions): string[] {
  return entryLines(root, '', '  ', options);
}

/** `own` stands left of the entry's `+-o`, `below` left of its children's: bars for ancestors with more children to come. */
function entryLines(entry: RegistryEntry, own: string, below: string, options: IoregOptions): string[] {
  const last = entry.children.length - 1;
  return [
    `${own}+-o ${describeEntry(entry)}`,
    ...(options.properties ? propertyLines(entry, `${below}${last >= 0 ? '| ' : '  '}`) : []),
    ...entry.children.flatMap((child, index) =>
      entryLines(child, below, `${below}${index === last ? '  ' : '| '}`, options),
    ),
  ];
}

function describeEntry(entry: RegistryEntry): string {
  const at = entry.location === '' ? '' : `@${entry.location}`;
  const states = [entry.registered, entry.matched, entry.active].map(
    (is, index) => `${is ? '' : '!'}${STATE_NAMES[index]}`,
  );
  const facts = [
    `class ${entry.class}`,
    `id 0x${entry.id.toString(16)}`,
    ...states,
    `busy ${entry.busy}`,
    `retain ${entry.retain}`,
  ];
  return `${entry.name}${at}  <${facts.join(', ')}>`;
}

const STATE_NAMES = ['registered', 'matched', 'active'] as const;

function propertyLines(entry: RegistryEntry, prefix: string): string[] {
  const rows = Object.entries(entry.properties).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `${prefix}{`,
    ...rows.map(([key, value]) => `${prefix}  "${key}" = ${formatProperty(value)}`),
    `${prefix}}`,
    prefix.trimEnd(),
  ];
}

/** One property as ioreg writes it: Yes/No, numbers in decimal, data in angle brackets, collections without blanks. */
export function formatProperty(value: PropertyValue): string {
  if (typeof value === 'string') return `"${value}"`;
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `(${value.map(formatProperty).join(',')})`;
  if (isData(value)) return `<${value.$data}>`;
  const rows = Object.entries(value as Readonly<Record<string, PropertyValue>>);
  return `{${rows.map(([key, inner]) => `"${key}"=${formatProperty(inner)}`).join(',')}}`;
}

const isData = (value: object): value is { readonly $data: string } =>
  typeof (value as { $data?: unknown }).$data === 'string';
