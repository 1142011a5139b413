import { has } from './attributes.ts';
import { checkActions, checkBase, checkForm, checkNames, checkPure, checkReturn } from './check.ts';
import { type Declared, findMethod, inherited, isCallback, standsOnHeader } from './inheritance.ts';
import { type Lowered, lowerParameters } from './lower.ts';
import { Mistakes } from './mistakes.ts';
import type { ClassDeclaration, Method, Names } from './model.ts';

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

/** Whether a method is plain C++: it says so, or what it overrides does. */
function isLocal(declared: Declared, names: Names, mistakes: Mistakes): boolean {
  const { owner, method } = declared;
  const { name, position, attributes } = method;
  const above = inherited(declared, names);
  const saysLocal = has(attributes, 'LOCALONLY');
  if (!above) {
    if (ROOT_METHODS.has(name) && method.isVirtual) return true;
    if (method.isOverride && standsOnHeader(owner, names)) return true;
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

function targetOf({ parameters }: Method, lowered: readonly Lowered[], mistakes: Mistakes): Lowered | undefined {
  const marked = parameters.filter(({ attributes }) => attributes.has('TARGET'));
  const second = marked[1];
  if (second) mistakes.add(second.position, `\`${second.declaration}\` as a second TARGET`, 'one TARGET');
  return lowered.find(({ name }) => name === marked[0]?.name);
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
