import type { Mistakes } from './mistakes.ts';
import { type Alias, isObject, type Names, type Parameter } from './model.ts';
import { type Position, spell, type Token } from './token.ts';

/** How a parameter of a dispatched method travels. `type` is the C++ type of one item. */
export type Travel =
  | { readonly as: 'object'; readonly type: string; readonly isConst: boolean }
  | { readonly as: 'object out'; readonly type: string }
  | { readonly as: 'objects'; readonly type: string; readonly bound: string; readonly count?: string }
  | { readonly as: 'value' | 'copy' | 'out'; readonly type: string }
  | { readonly as: 'array' | 'array out'; readonly type: string; readonly bound: string; readonly count?: string }
  | { readonly as: 'text' | 'text out'; readonly bound: string };

/** A parameter of a dispatched method: how C++ writes it, the field it gets in a message, and how it travels. */
export interface Lowered {
  readonly name: string;
  readonly field: string;
  readonly type: string;
  readonly declaration: string;
  readonly travel: Travel;
  /** ` = value` where callers may leave it out, or ''. */
  readonly byDefault: string;
}

const TAKEN_FIELDS = new Set(['header', '__object']);

/** The parameters of a dispatched method. One that cannot leave the process is noted and left out. */
export function lowerParameters(
  parameters: readonly Parameter[],
  names: Names,
  mistakes: Mistakes,
): readonly Lowered[] {
  const arrays = parameters.filter((parameter) => isArray(parameter, names));
  return parameters.flatMap((parameter) => {
    const count = countOf(parameter, parameters, arrays.length === 1);
    const travel = travelOf(parameter, names, count, mistakes);
    if (!travel) return [];
    const { name, bounds, byDefault } = parameter;
    const type = bounds.length > 0 ? `${spell(parameter.type)} *` : spell(parameter.type);
    const field = TAKEN_FIELDS.has(name) ? `${name}_` : name;
    return [{ name, field, type, declaration: `${type} ${name}`, travel, byDefault }];
  });
}

/** The parameter that says how many items of an array count: `<name>Count`, or `count` when there is one array only. */
function countOf({ name }: Parameter, parameters: readonly Parameter[], isOnlyArray: boolean): string | undefined {
  const byName = (wanted: string) =>
    parameters.find((other) => other.name === wanted && other.type.every(({ text }) => text !== '*'));
  return (byName(`${name}Count`) ?? (isOnlyArray ? byName('count') : undefined))?.name;
}

const isArray = (parameter: Parameter, names: Names): boolean =>
  parameter.bounds.length > 0 || arrayOf(parameter.type, names) !== undefined;

function arrayOf(type: readonly Token[], names: Names): Extract<Alias, { kind: 'array' }> | undefined {
  const words = type.filter(({ text }) => text !== 'const');
  const only = words.length === 1 ? words[0] : undefined;
  const alias = only && canonical(only.text, names).alias;
  return alias?.kind === 'array' ? alias : undefined;
}

/** Follows typedefs from `name` as far as they are known. */
function canonical(name: string, names: Names): { readonly name: string; readonly alias?: Alias } {
  let current = name;
  for (let hops = 0; hops < 100; hops += 1) {
    const alias = names.aliases.get(current);
    if (!alias) return { name: current };
    if (alias.kind !== 'name') return { name: current, alias };
    current = alias.name;
  }
  return { name: current };
}

interface TypeShape {
  readonly base: string;
  readonly isConst: boolean;
  readonly pointers: number;
}

/** `const struct A::B * const *` taken apart; undefined for what is no plain type: references, templates, function pointers. */
function shapeOf(type: readonly Token[]): TypeShape | undefined {
  const firstStar = type.findIndex(({ text }) => text === '*');
  const head = firstStar === -1 ? type : type.slice(0, firstStar);
  const tail = firstStar === -1 ? [] : type.slice(firstStar);
  if (tail.some(({ text }) => text !== '*' && text !== 'const')) return undefined;
  if (head.some(({ kind, text }) => (kind !== 'word' && text !== '::') || text === 'volatile')) return undefined;
  const base = head.filter(({ text }) => !/^(?:const|struct|class|enum|union)$/.test(text));
  if (base.length === 0) return undefined;
  return {
    base: spell(base),
    isConst: head.some(({ text }) => text === 'const'),
    pointers: tail.filter(({ text }) => text === '*').length,
  };
}

function travelOf(
  parameter: Parameter,
  names: Names,
  count: string | undefined,
  mistakes: Mistakes,
): Travel | undefined {
  const { bounds, position, type } = parameter;
  const refuse = (expected: string): undefined => {
    refuseParameter(position, parameter.declaration, expected, mistakes);
    return undefined;
  };
  const shape = shapeOf(type);
  if (!shape || parameter.declaration.includes('('))
    return refuse('a value, an object, a structure or an array of fixed length');
  const { base, isConst, pointers } = shape;
  const counted = count === undefined ? {} : { count };
  const array = pointers === 0 ? arrayOf(type, names) : undefined;
  if (bounds.length + (array ? 1 : 0) > 1) return refuse('an array of one dimension');
  if (bounds[0] === '') return refuse('the length of the array between `[` and `]`');
  const bound = array?.bound ?? bounds[0];
  if (bound !== undefined) return arrayTravel(array?.element ?? base, bound, pointers, isConst, counted, names, refuse);
  if (names.aliases.get(base)?.kind === 'code' || canonical(base, names).alias?.kind === 'code')
    return refuse('no function or block: those cannot leave the process');
  if (isObject(names, base)) {
    if (pointers === 1) return { as: 'object', type: base, isConst };
    if (pointers === 2 && !isConst) return { as: 'object out', type: base };
    return refuse(`\`${base} *\` for an object or \`${base} **\` for one that is returned`);
  }
  const plain = canonical(base, names).name;
  if (pointers > 1) return refuse(`\`${base} *\`, or a class declared with \`class ${base};\``);
  if (plain === 'void')
    return refuse(pointers === 1 ? 'an IOMemoryDescriptor, an OSData or a structure: `void *` says no size' : 'a type');
  if (pointers === 0) return { as: 'value', type: base };
  if (plain === 'char')
    return refuse(`an array of fixed length: \`${isConst ? 'const ' : ''}char ${parameter.name}[128]\``);
  return { as: isConst ? 'copy' : 'out', type: base };
}

function arrayTravel(
  element: string,
  bound: string,
  pointers: number,
  isConst: boolean,
  counted: { readonly count?: string },
  names: Names,
  refuse: (expected: string) => undefined,
): Travel | undefined {
  if (pointers === 1 && isObject(names, element)) return { as: 'objects', type: element, bound, ...counted };
  if (pointers > 0 || isObject(names, element)) return refuse('an array of values, structures or pointers to objects');
  if (canonical(element, names).name === 'char') return { as: isConst ? 'text' : 'text out', bound };
  return { as: isConst ? 'array' : 'array out', type: element, bound, ...counted };
}

function refuseParameter(position: Position, declaration: string, expected: string, mistakes: Mistakes): void {
  mistakes.add(position, `\`${declaration}\` in a dispatched method`, `${expected} (or the method LOCALONLY)`);
}
