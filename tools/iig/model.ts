import type { Position, Token } from './token.ts';

/** The attributes of the language; each may also be written with `IIG_` before it. */
export const CLASS_ATTRIBUTES = ['KERNEL', 'NATIVE', 'SERIALIZABLE', 'CONCRETE', 'LOCALONLY', 'EXTENDS'] as const;
export const METHOD_ATTRIBUTES = [
  'LOCAL',
  'LOCALONLY',
  'LOCALHOST',
  'REMOTE',
  'KERNEL',
  'NATIVE',
  'CONCRETE',
  'REPLY',
  'INVOKEREPLY',
  'TYPE',
  'QUEUENAME',
] as const;
export const PARAMETER_ATTRIBUTES = ['TARGET', 'TYPE', 'PORTMAKESEND', 'PORTCOPYSEND'] as const;

/** Attributes by name, without `IIG_`; the value is what stands in parentheses, or ''. */
export type Attributes = ReadonlyMap<string, string>;

/** A parameter as it is declared. `type` is what stands before the name, without attributes, array bounds and defaults. */
export interface Parameter {
  readonly position: Position;
  readonly type: readonly Token[];
  /** The declaration as C++, without attributes and default. */
  readonly declaration: string;
  readonly name: string;
  readonly bounds: readonly string[];
  readonly attributes: Attributes;
  /** ` = value`, or '' without a default. */
  readonly byDefault: string;
}

/** A method as it is declared. */
export interface Method {
  readonly position: Position;
  readonly name: string;
  readonly returns: string;
  readonly parameters: readonly Parameter[];
  readonly attributes: Attributes;
  readonly isStatic: boolean;
  readonly isVirtual: boolean;
  readonly isConst: boolean;
  readonly isOverride: boolean;
  readonly isFinal: boolean;
  readonly isPure: boolean;
}

/** A class as it is declared in an .iig. */
export interface ClassDeclaration {
  readonly position: Position;
  readonly name: string;
  /** '' for the root of all. */
  readonly base: string;
  readonly basePosition: Position;
  readonly attributes: Attributes;
  readonly isFinal: boolean;
  readonly methods: readonly Method[];
  /** Enumerations, structures and names inside the class, as C++. */
  readonly nested: readonly string[];
  /** Where the declaration lies in its source, `class` to `;`. */
  readonly start: number;
  readonly end: number;
}

/** What a typedef stands for, as far as lowering needs to know. */
export type Alias =
  | { readonly kind: 'array'; readonly element: string; readonly bound: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'code' }; // a function pointer or a block

/** Everything known by name: from the source itself and from all it includes. */
export interface Names {
  readonly classes: Map<string, ClassDeclaration>;
  /** Classes that are objects without being declared in an .iig: forward declarations, and hand-written ones with their base. */
  readonly objects: Map<string, string | undefined>;
  readonly aliases: Map<string, Alias>;
}

export const isObject = (names: Names, name: string): boolean => names.classes.has(name) || names.objects.has(name);
