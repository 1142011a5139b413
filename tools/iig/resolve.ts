import { has } from './attributes.ts';
import { type Lowered, lowerParameters } from './lower.ts';
import { Mistakes } from './mistakes.ts';
import type { ClassDeclaration, Method, Names, Parameter } from './model.ts';

/** A method and the class that declares it. */
export interface Declared {
  readonly owner: ClassDeclaration;
  readonly method: Method;
}

/**
 * Who implements a dispatched method of a class: the class itself (`M_Impl`), the kernel side, or nobody (`= 0`, and callbacks,
 * which the target of the action implements).
 */
export type Implementation = 'here' | 'kernel' | 'nowhere';

/** A method that may cross the process border. */
export interface Dispatched extends Declared {
  /** The class whose _ID, _Args and structures this method goes by: its own, or that of the method it overrides. */
  readonly introducer: Declared;
  /** The callback whose signature TYPE(…) gives this method. */
  readonly source?: Declared;
  readonly implementation: Implementation;
  readonly parameters: readonly Lowered[];
  /** The parameter marked TARGET: this method is a callback. */
  readonly target?: Lowered;
}

/** A class with its methods sorted by what they are. `locals` are plain C++ (LOCALONLY). */
export interface ResolvedClass {
  readonly declaration: ClassDeclaration;
  readonly dispatched: readonly Dispatched[];
  readonly locals: readonly Declared[];
}

// What hand-written OSMetaClassBase declares; overriding these is plain C++.
const ROOT_METHODS = new Set(['retain', 'release', 'isEqualTo', 'getMetaClass']);

/** Sorts the methods of a class and checks what can be checked only with all classes known. */
export function resolveClass(declaration: ClassDeclaration, names: Names, mistakes: Mistakes): ResolvedClass {
  const dispatched: Dispatched[] = [];
  const locals: Declared[] = [];
  for (const method of declaration.methods) {
    const declared = { owner: declaration, method };
    checkForm(method, mistakes);
    if (isLocal(declared, names, mistakes)) locals.push(declared);
    else dispatched.push(resolveDispatched(declared, names, mistakes));
  }
  checkBase(declaration, names, mistakes);
  checkNames(dispatched, mistakes);
  checkPure(declaration, dispatched, names, mistakes);
  return { declaration, dispatched, locals };
}

function checkForm({ position, isStatic, isVirtual, isConst, attributes, name }: Method, mistakes: Mistakes): void {
  if (isStatic && isVirtual) mistakes.add(position, `\`${name}\` both static and virtual`, 'one of them');
  if (isStatic && isConst) mistakes.add(position, `\`${name}\` both static and const`, 'one of them');
  for (const [one, other] of [
    ['LOCAL', 'LOCALONLY'],
    ['TYPE', 'LOCALONLY'],
    ['REPLY', 'INVOKEREPLY'],
  ] as const)
    if (attributes.has(one) && attributes.has(other))
      mistakes.add(position, `\`${name}\` both ${one} and ${other}`, 'one of them');
}

/** The base classes of a class, nearest first, as far as they are declared in an .iig. */
export function ancestors(declaration: ClassDeclaration, names: Names): readonly ClassDeclaration[] {
  const found: ClassDeclaration[] = [];
  for (
    let next = names.classes.get(declaration.base);
    next && !found.includes(next);
    next = names.classes.get(next.base)
  )
    found.push(next);
  return found;
}

/** The nearest inherited method of that name that takes as many parameters. */
function inherited({ owner, method }: Declared, names: Names): Declared | undefined {
  if (method.isStatic) return undefined;
  for (const ancestor of ancestors(owner, names)) {
    const found = ancestor.methods.find(
      ({ name, parameters, isStatic }) =>
        !isStatic && name === method.name && parameters.length === method.parameters.length,
    );
    if (found) return { owner: ancestor, method: found };
  }
  return undefined;
}

/** Whether a method is plain C++: it says so, or what it overrides does. */
function isLocal(declared: Declared, names: Names, mistakes: Mistakes): boolean {
  const { owner, method } = declared;
  const { name, position, attributes } = method;
  const above = inherited(declared, names);
  const saysLocal = has(attributes, 'LOCALONLY');
  if (!above) {
    if (ROOT_METHODS.has(name) && method.isVirtual) return true;
    if (method.isOverride)
      mistakes.add(
        position,
        `\`${name}\` marked override`,
        `a base class of ${owner.name} to declare it with ${method.parameters.length} parameters`,
      );
    return saysLocal;
  }
  // What is wrong with the inherited method itself is said where that is compiled.
  const aboveIsLocal = isLocal(above, names, new Mistakes());
  const where = `${above.owner.name}::${name}`;
  if (saysLocal && !aboveIsLocal && above.method.isVirtual)
    mistakes.add(position, `\`${name}\` LOCALONLY`, `\`override\` alone or with LOCAL: ${where} is dispatched`);
  if (aboveIsLocal && has(attributes, 'LOCAL', 'TYPE', 'QUEUENAME'))
    mistakes.add(
      position,
      `\`${name}\` ${[...attributes.keys()].join(' ')}`,
      `\`override\` alone or with LOCALONLY: ${where} is LOCALONLY`,
    );
  if (above.method.isFinal) mistakes.add(position, `\`${name}\``, `another name: ${where} is final`);
  return saysLocal || aboveIsLocal;
}

/** Whether a plain method is virtual and nothing above it is of its name: the class brings it. */
export const bringsVirtual = (declared: Declared, names: Names): boolean =>
  declared.method.isVirtual &&
  !declared.method.isOverride &&
  !ROOT_METHODS.has(declared.method.name) &&
  !inherited(declared, names);

function resolveDispatched(declared: Declared, names: Names, mistakes: Mistakes): Dispatched {
  const { owner, method } = declared;
  const introducer = introducerOf(declared, names);
  const parameters = lowerParameters(method.parameters, names, mistakes);
  const target = targetOf(method, parameters, mistakes);
  const source = sourceOf(declared, names, mistakes);
  checkReturn(method, parameters, mistakes);
  checkActions(declared, names, mistakes);
  const implementation = implementationOf(owner, method, target !== undefined);
  return {
    owner,
    method,
    introducer,
    implementation,
    parameters,
    ...(target && { target }),
    ...(source && { source }),
  };
}

/** Where the method was first declared. A non-virtual or static one, or one of another arity, is its own. */
function introducerOf(declared: Declared, names: Names): Declared {
  let introducer = declared;
  for (let above = inherited(declared, names); above; above = inherited(above, names)) introducer = above;
  return introducer;
}

function implementationOf(
  owner: ClassDeclaration,
  { attributes, isPure }: Method,
  isCallback: boolean,
): Implementation {
  if (isPure) return 'nowhere';
  if (has(attributes, 'LOCAL', 'LOCALHOST')) return 'here';
  if (!has(owner.attributes, 'KERNEL') && !has(attributes, 'KERNEL')) return 'here';
  return isCallback && !has(attributes, 'TYPE') ? 'nowhere' : 'kernel';
}

function checkReturn(
  { position, returns, name, isStatic }: Method,
  parameters: readonly Lowered[],
  mistakes: Mistakes,
): void {
  if (returns === 'void') {
    const out = parameters.find(({ travel }) => travel.as.endsWith('out'));
    if (out)
      mistakes.add(
        position,
        `\`void ${name}\` with \`${out.declaration}\``,
        'kern_return_t: a one-way message returns nothing',
      );
    if (isStatic) mistakes.add(position, `\`static void ${name}\``, 'kern_return_t (or the method LOCALONLY)');
  } else if (returns !== 'kern_return_t' && returns !== 'IOReturn') {
    mistakes.add(position, `\`${returns} ${name}\``, 'kern_return_t, IOReturn or void (or the method LOCALONLY)');
  }
}

function targetOf({ parameters }: Method, lowered: readonly Lowered[], mistakes: Mistakes): Lowered | undefined {
  const marked = parameters.filter(({ attributes }) => attributes.has('TARGET'));
  const second = marked[1];
  if (second) mistakes.add(second.position, `\`${second.declaration}\` as a second TARGET`, 'one TARGET');
  return lowered.find(({ name }) => name === marked[0]?.name);
}

/** Checks the attributes of parameters: TARGET and TYPE belong to `OSAction *`, and TYPE names a callback. */
function checkActions({ owner, method }: Declared, names: Names, mistakes: Mistakes): void {
  for (const { attributes, type, declaration, position } of method.parameters) {
    const words = type.map(({ text }) => text).join(' ');
    if (has(attributes, 'TARGET', 'TYPE') && !/^OSAction \*( const)?$/.test(words))
      mistakes.add(
        position,
        `\`${declaration}\` ${[...attributes.keys()].join(' ')}`,
        '`OSAction *` before TARGET or TYPE',
      );
    const callback = attributes.get('TYPE');
    if (callback === undefined) continue;
    const found = findMethod(callback, owner, names);
    if (!found) mistakes.add(position, `TYPE(${callback})`, `the name of a method of ${owner.name}, or Class::Method`);
    else if (!isCallback(found.method)) mistakes.add(position, `TYPE(${callback})`, 'a method with a TARGET parameter');
  }
}

const isCallback = ({ parameters }: Method): boolean => parameters.some(isTarget);

/** `Method` of the class or its bases, or `Class::Method`. */
function findMethod(name: string, owner: ClassDeclaration, names: Names): Declared | undefined {
  const [methodName = '', className] = name.split('::').reverse();
  const start = className === undefined ? owner : names.classes.get(className);
  for (const candidate of start ? [start, ...ancestors(start, names)] : []) {
    const method = candidate.methods.find((other) => other.name === methodName);
    if (method) return { owner: candidate, method };
  }
  return undefined;
}

/** The callback whose signature a TYPE(Class::Method) method has. */
function sourceOf({ owner, method }: Declared, names: Names, mistakes: Mistakes): Declared | undefined {
  const name = method.attributes.get('TYPE');
  if (name === undefined) return undefined;
  const note = (expected: string): undefined => {
    mistakes.add(method.position, `\`${method.name}\` TYPE(${name})`, expected);
    return undefined;
  };
  if (!name.includes('::')) return note('Class::Method in TYPE(…)');
  const [className = ''] = name.split('::');
  if (!names.classes.has(className)) return note(`an #include of ${className}.iig`);
  const source = findMethod(name, owner, names);
  if (!source) return note(`a method that ${className} declares`);
  if (!isCallback(source.method)) return note(`a method of ${className} with a TARGET parameter`);
  const [wanted, given] = [source.method.parameters.length, method.parameters.length];
  if (wanted !== given) return note(`the ${wanted} parameters of ${name}, not ${given}`);
  if (source.method.returns !== method.returns) return note(`it to return ${source.method.returns} as ${name} does`);
  return source;
}

function checkBase({ base, basePosition, name, attributes }: ClassDeclaration, names: Names, mistakes: Mistakes): void {
  const extended = attributes.get('EXTENDS');
  if (extended !== undefined || base === '') return;
  if (!names.classes.has(base) && !names.objects.has(base) && base !== 'OSMetaClassBase')
    mistakes.add(basePosition, `\`${base}\` as base of ${name}`, `an #include of the .iig that declares ${base}`);
  else if (names.classes.get(base)?.isFinal)
    mistakes.add(basePosition, `\`${base}\``, `a base class that is not final`);
}

function checkNames(dispatched: readonly Dispatched[], mistakes: Mistakes): void {
  const seen = new Map<string, Method>();
  for (const { method } of dispatched) {
    const first = seen.get(method.name);
    if (first)
      mistakes.add(
        method.position,
        `\`${method.name}\` a second time`,
        `another name: line ${first.position.line} has a dispatched method of it`,
      );
    seen.set(method.name, method);
    const names = new Set<string>();
    for (const { name, position } of method.parameters) {
      if (names.has(name)) mistakes.add(position, `\`${name}\` a second time`, 'another name for the parameter');
      names.add(name);
    }
  }
}

/**
 * A class of a dext must override every inherited dispatched `= 0` method that is no callback: on macOS the process of one
 * that does not ends while it loads, without a word.
 */
function checkPure(
  declaration: ClassDeclaration,
  dispatched: readonly Dispatched[],
  names: Names,
  mistakes: Mistakes,
): void {
  if (has(declaration.attributes, 'KERNEL', 'NATIVE', 'EXTENDS')) return;
  const overridden = new Set(dispatched.map(({ method }) => method.name));
  for (const base of ancestors(declaration, names)) {
    const missing = base.methods.filter(
      ({ name, isPure, attributes, parameters }) =>
        isPure && !overridden.has(name) && !has(attributes, 'LOCALONLY', 'KERNEL') && !parameters.some(isTarget),
    );
    const list = missing.map(({ name }) => name).join(', ');
    if (missing.length > 0)
      mistakes.add(
        declaration.position,
        `class ${declaration.name} without ${list}`,
        `an override of what is \`= 0\` in ${base.name}`,
      );
    for (const { name } of base.methods) overridden.add(name);
  }
}

const isTarget = ({ attributes }: Parameter): boolean => attributes.has('TARGET');
