import type { Declared } from './inheritance.ts';
import type { Lowered } from './lower.ts';
import type { Dispatched, ResolvedClass } from './resolve.ts';

/** A method that brings an id, structures, a wrapper and an _Invoke of its own: one that overrides nothing. */
export const introduces = ({ owner, introducer }: Dispatched): boolean => introducer.owner.name === owner.name;

/** One that brings message structures too: a TYPE() method goes by those of its source. */
export const hasStructures = (dispatched: Dispatched): boolean =>
  introduces(dispatched) && dispatched.source === undefined;

/** `Class_Method`, the stem of a method's _ID, _Args, _Msg and _Rpl. */
export const stem = ({ owner, method }: Declared): string => `${owner.name}_${method.name}`;

/** `Class_Method` of the method whose message structures this one uses. */
export const structures = (dispatched: Dispatched): string => stem(dispatched.source ?? dispatched.introducer);

export const isOneway = ({ method }: Declared): boolean => method.returns === 'void';

/** INVOKEREPLY hands the call itself to the implementation as first parameter, whoever overrides it. */
export const getsCall = ({ introducer }: Dispatched): boolean => introducer.method.attributes.has('INVOKEREPLY');

export const actionClass = (declared: Declared): string => `OSAction_${stem(declared)}`;

/** The callbacks of a class: its TYPE() methods. */
export const callbacks = ({ dispatched }: ResolvedClass): readonly Dispatched[] =>
  dispatched.filter(({ source }) => source !== undefined);

/** What a wrapper takes, without `supermethod`. Defaults stand where the class declares it and nowhere else. */
export function wrapperParameters({ method, parameters }: Dispatched, defaults?: 'with defaults'): readonly string[] {
  const call = method.attributes.has('REPLY') ? ['const IORPC rpc'] : [];
  return [...call, ...parameters.map(({ declaration, byDefault }) => declaration + (defaults ? byDefault : ''))];
}

/**
 * What an implementation takes: the text of _Args. A body under IMPL(Class, Method) cannot leave out the names of what it does
 * not use.
 */
export function implementationParameters(dispatched: Dispatched): readonly string[] {
  const call = getsCall(dispatched) ? ['const IORPC rpc'] : [];
  return [...call, ...dispatched.parameters.map(({ declaration }) => declaration)].map(
    (text) => `[[maybe_unused]] ${text}`,
  );
}

/** How many object references of a message (`in`) or reply (`out`) these parameters take, as C++. */
export function referenceCount(parameters: readonly Lowered[], way: 'in' | 'out'): string {
  const terms = parameters.flatMap(({ travel }) => {
    if (way === 'out') return travel.as === 'object out' ? ['1'] : [];
    if (travel.as === 'objects') return [travel.bound];
    return travel.as === 'object' ? ['1'] : [];
  });
  const ones = terms.filter((term) => term === '1').length + (way === 'in' ? 1 : 0);
  return [String(ones), ...terms.filter((term) => term !== '1').map((term) => `(${term})`)].join(' + ');
}

/** A macro of several lines: `#define name \` and its lines. */
export function macro(name: string, lines: readonly string[]): string {
  return [`#define ${name}`, ...lines.map((line) => `  ${line}`)].join(' \\\n');
}

/** `names` with `_` behind those that `taken` holds, so that locals of generated code never meet a parameter. */
export function fresh<Name extends string>(names: readonly Name[], taken: readonly string[]): Record<Name, string> {
  const free = (name: string): string => (taken.includes(name) ? free(`${name}_`) : name);
  return Object.fromEntries(names.map((name) => [name, free(name)])) as Record<Name, string>;
}
