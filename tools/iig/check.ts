import { has } from './attributes.ts';
import { ancestors, type Declared, findMethod, isCallback } from './inheritance.ts';
import type { Lowered } from './lower.ts';
import type { Mistakes } from './mistakes.ts';
import type { ClassDeclaration, Method, Names } from './model.ts';
import type { Dispatched } from './resolve.ts';

// What the language asks of classes and methods beyond their form. Each check notes what is wrong, where it stands.

export function checkForm(
  { position, isStatic, isVirtual, isConst, attributes, name }: Method,
  mistakes: Mistakes,
): void {
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

export function checkReturn(
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

/** Checks the attributes of parameters: TARGET and TYPE belong to `OSAction *`, and TYPE names a callback. */
export function checkActions({ owner, method }: Declared, names: Names, mistakes: Mistakes): void {
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

export function checkBase(
  { base, basePosition, name, attributes }: ClassDeclaration,
  names: Names,
  mistakes: Mistakes,
): void {
  const extended = attributes.get('EXTENDS');
  if (extended !== undefined || base === '') return;
  if (!names.classes.has(base) && !names.objects.has(base) && base !== 'OSMetaClassBase')
    mistakes.add(basePosition, `\`${base}\` as base of ${name}`, `an #include of the .iig that declares ${base}`);
  else if (names.classes.get(base)?.isFinal)
    mistakes.add(basePosition, `\`${base}\``, `a base class that is not final`);
}

export function checkNames(dispatched: readonly Dispatched[], mistakes: Mistakes): void {
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
export function checkPure(
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
        isPure && !overridden.has(name) && !has(attributes, 'LOCALONLY', 'KERNEL') && !isCallback({ parameters }),
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
