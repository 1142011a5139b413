import type { ClassDeclaration, Method, Names } from './model.ts';
import { spell } from './token.ts';

/** A method and the class that declares it. */
export interface Declared {
  readonly owner: ClassDeclaration;
  readonly method: Method;
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
export function inherited({ owner, method }: Declared, names: Names): Declared | undefined {
  if (method.isStatic) return undefined;
  for (const ancestor of ancestors(owner, names)) {
    const found = ancestor.methods.find(
      ({ name, parameters, isStatic }) =>
        !isStatic && name === method.name && parameters.length === method.parameters.length,
    );
    if (found) return hides(method, found) ? undefined : { owner: ancestor, method: found };
  }
  return undefined;
}

/** Whether a plain method only shares the name of an inherited one, as AudioDriverKit's SetName(OSString *) does that of IOService. */
const hides = (method: Method, other: Method): boolean =>
  method.attributes.has('LOCALONLY') && !method.isVirtual && typesOf(method) !== typesOf(other);

const typesOf = ({ parameters }: Method): string => parameters.map(({ type }) => spell(type)).join(', ');

/** Whether the bases end in a hand-written class, as OSContainer is, whose methods only the C++ compiler knows. */
export function standsOnHeader(declaration: ClassDeclaration, names: Names): boolean {
  const { base } = ancestors(declaration, names).at(-1) ?? declaration;
  return names.objects.get(base) !== undefined;
}

/** `Method` of the class or its bases, or `Class::Method`. */
export function findMethod(name: string, owner: ClassDeclaration, names: Names): Declared | undefined {
  const [methodName = '', className] = name.split('::').reverse();
  const start = className === undefined ? owner : names.classes.get(className);
  for (const candidate of start ? [start, ...ancestors(start, names)] : []) {
    const method = candidate.methods.find((other) => other.name === methodName);
    if (method) return { owner: candidate, method };
  }
  return undefined;
}

/** Whether completing an action is what calls the method. */
export const isCallback = ({ parameters }: Pick<Method, 'parameters'>): boolean =>
  parameters.some(({ attributes }) => attributes.has('TARGET'));
