// layout.ts — what a descriptor layout is: a table of fields in wire order. The walker reads by it, the text forms write by it.

/** How a field is written for people. `string` is an index into the string descriptors. */
export type FieldForm = 'decimal' | 'hex' | 'bcd' | 'string' | 'bytes' | 'uuid';

/** What a field's meaning may depend on beyond its own value. */
export interface MeaningContext {
  readonly speed: 'low' | 'full' | 'high' | 'super';
  readonly classTriple: readonly [number, number, number];
  readonly strings: ReadonlyMap<number, string>;
  /** The descriptor the field is part of. */
  readonly bytes: Uint8Array;
}

export type Meaning = (value: number, context: MeaningContext) => readonly string[];

export interface FieldShape {
  readonly name: string;
  readonly at: number;
  /** In bytes; 0 takes what is left of the descriptor. */
  readonly size: number;
  readonly form: FieldForm;
  readonly means?: Meaning;
}

export interface Layout {
  readonly name: string;
  readonly type: number;
  readonly subtype?: number;
  readonly fields: readonly FieldShape[];
  /** Smallest bLength that holds every field not in `repeat`. */
  readonly size: number;
  /** Groups that follow one another up to the end of the descriptor. */
  readonly repeat?: { readonly stride: number; readonly fields: readonly FieldShape[] };
}

type Unplaced = Omit<FieldShape, 'at'>;

const field =
  (size: number, form: FieldForm) =>
  (name: string, means?: Meaning): Unplaced => ({ name, size, form, ...(means && { means }) });

export const u8 = field(1, 'decimal');
export const u16 = field(2, 'decimal');
export const hex8 = field(1, 'hex');
export const hex16 = field(2, 'hex');
export const hex32 = field(4, 'hex');
export const bcd = field(2, 'bcd');
export const str = field(1, 'string');
export const uuid = field(16, 'uuid');
export const rest = field(0, 'bytes');
export const bytes = (name: string, size: number): Unplaced => ({ name, size, form: 'bytes' });

function place(fields: readonly Unplaced[], start: number): FieldShape[] {
  let at = start;
  return fields.map((shape) => {
    const placed = { ...shape, at };
    at += shape.size;
    return placed;
  });
}

const sizeOf = (fields: readonly Unplaced[]) => fields.reduce((sum, { size }) => sum + size, 0);

/** A layout whose fields follow bLength and bDescriptorType; with a subtype they follow that. */
export function layout(
  name: string,
  type: number | readonly [type: number, subtype: number],
  fields: readonly Unplaced[],
  repeat: readonly Unplaced[] = [],
): Layout {
  const [main, subtype] = typeof type === 'number' ? [type, undefined] : type;
  const start = subtype === undefined ? 2 : 3;
  const size = start + sizeOf(fields);
  return {
    name,
    type: main,
    ...(subtype !== undefined && { subtype }),
    fields: place(fields, start),
    size,
    ...(repeat.length > 0 && { repeat: { stride: sizeOf(repeat), fields: place(repeat, 0) } }),
  };
}

/** Every field of a descriptor of `length` bytes, the repeated ones with their index in the name. */
export function fieldsFor(shape: Layout, length: number): FieldShape[] {
  const fields = shape.fields.filter(({ at, size }) => at + Math.max(size, 1) <= length);
  if (!shape.repeat) return fields;
  const { stride } = shape.repeat;
  for (let start = shape.size, index = 0; start + stride <= length; start += stride, index++)
    for (const each of shape.repeat.fields)
      fields.push({ ...each, name: `${each.name}[${index}]`, at: start + each.at });
  return fields;
}
