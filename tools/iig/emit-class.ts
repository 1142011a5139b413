import { has } from './attributes.ts';
import type { Declared } from './inheritance.ts';
import type { Names } from './model.ts';
import { bringsVirtual, type Dispatched, type ResolvedClass } from './resolve.ts';
import {
  actionClass,
  callbacks,
  implementationParameters,
  introduces,
  macro,
  stem,
  wrapperParameters,
} from './shapes.ts';

/** A class as its header declares it, with the classes of its actions. */
export function emitClass(resolved: ResolvedClass, names: Names): string {
  const { declaration, dispatched } = resolved;
  const { name, base, isFinal, nested } = declaration;
  const parts = [
    dispatched
      .map((method) => `#define ${stem(method)}_Args ${implementationParameters(method).join(', ')}`.trimEnd())
      .join('\n'),
    macro(`${name}_Methods`, methods(resolved)),
    macro(`${name}_KernelMethods`, [
      'protected:',
      ...dispatched.filter(({ implementation }) => implementation === 'kernel').map(declareImplementation),
    ]),
    macro(`${name}_VirtualMethods`, ['public:', ...resolved.locals.map(declareLocal)]),
    declareMetaClass(name),
    interfaceOf(resolved, names),
    `struct ${name}_IVars;\nstruct ${name}_LocalIVars;`,
    declareClass(
      name,
      base || 'OSMetaClassBase',
      isFinal,
      [...nested, `${name}_Methods`, `${name}_VirtualMethods`],
      `, public ${name}Interface`,
    ),
    ...callbacks(resolved).map((callback) => declareActionClass(actionClass(callback))),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function methods(resolved: ResolvedClass): readonly string[] {
  const { dispatched } = resolved;
  const own = dispatched.filter(introduces);
  return [
    'public:',
    'virtual kern_return_t Dispatch(const IORPC rpc) override;',
    // Not of the class's own type, as in Apple's headers: SUPERDISPATCH calls it as an OSDispatchMethod.
    'static kern_return_t _Dispatch(OSMetaClassBase * self, const IORPC rpc);',
    ...own.map(declareWrapper),
    ...callbacks(resolved).map(
      ({ method }) => `kern_return_t CreateAction${method.name}(size_t referenceSize, OSAction ** action);`,
    ),
    'protected:',
    ...dispatched.filter(({ implementation }) => implementation === 'here').map(declareImplementation),
    'public:',
    ...own.filter(({ source }) => source === undefined).flatMap(declareInvoke),
  ];
}

function declareWrapper(dispatched: Dispatched): string {
  const { method } = dispatched;
  const parameters = wrapperParameters(dispatched, 'with defaults');
  if (method.isStatic) return `static ${method.returns} ${method.name}(${parameters.join(', ')});`;
  const all = [...parameters, 'OSDispatchMethod supermethod = nullptr'].join(', ');
  return `${method.returns} ${method.name}(${all})${method.isConst ? ' const' : ''};`;
}

function declareImplementation({ method, ...rest }: Dispatched): string {
  const args = `${stem(rest.introducer)}_Args`;
  return `${method.isStatic ? 'static ' : ''}${method.returns} ${method.name}_Impl(${args});`;
}

function declareInvoke(dispatched: Dispatched): readonly string[] {
  const { method, parameters, target } = dispatched;
  const { name, returns, isStatic } = method;
  const args = implementationParameters(dispatched).length > 0 ? `${stem(dispatched)}_Args` : '';
  if (isStatic)
    return [
      `typedef ${returns} (*${name}_Handler)(${args});`,
      `static kern_return_t ${name}_Invoke(const IORPC rpc, ${name}_Handler func);`,
    ];
  // The parameter has no name here: one of the method's own may be called `target`.
  const takes = ['OSMetaClassBase *', ...(args ? [args] : [])].join(', ');
  const action = target && parameters.includes(target) ? ', const OSMetaClass * targetActionClass = nullptr' : '';
  return [
    `typedef ${returns} (*${name}_Handler)(${takes});`,
    `static kern_return_t ${name}_Invoke(const IORPC rpc, OSMetaClassBase * target, ${name}_Handler func${action});`,
  ];
}

/** A LOCALONLY method as plain C++. A virtual one overrides at least what the class's Interface declares. */
function declareLocal({ method }: Declared): string {
  const { name, returns, parameters, isStatic, isVirtual, isConst, isFinal, isPure } = method;
  return [
    isStatic ? 'static ' : '',
    isVirtual ? 'virtual ' : '',
    `${returns} ${name}(${parameters.map(({ declaration, byDefault }) => declaration + byDefault).join(', ')})`,
    isConst ? ' const' : '',
    isVirtual ? ' override' : '',
    isFinal ? ' final' : '',
    isPure ? ' = 0' : '',
    ';',
  ].join('');
}

/** The LOCALONLY virtual methods that a class brings, as pure ones. */
function interfaceOf({ declaration, locals }: ResolvedClass, names: Names): string {
  const lines = locals
    .filter((local) => bringsVirtual(local, names))
    .map(({ method: { name, returns, parameters, isConst } }) => {
      const list = parameters.map(({ declaration }) => declaration).join(', ');
      return `  virtual ${returns} ${name}(${list})${isConst ? ' const' : ''} = 0;`;
    });
  return [
    `class ${declaration.name}Interface : public OSInterface {`,
    ...(lines.length > 0 ? [' public:', ...lines] : []),
    '};',
  ].join('\n');
}

function declareMetaClass(name: string): string {
  return [
    `extern OSMetaClass * g${name}MetaClass;`,
    '',
    `class ${name}MetaClass : public OSMetaClass {`,
    ' public:',
    '  virtual kern_return_t New(OSObject * instance) override;',
    '  virtual kern_return_t Dispatch(const IORPC rpc) override;',
    '};',
  ].join('\n');
}

function declareClass(
  name: string,
  base: string,
  isFinal: boolean,
  members: readonly string[],
  interfaces = '',
): string {
  return [
    // A driver may call its own methods like newer ones of the framework; Apple's headers are silent about that too.
    '#pragma clang diagnostic push',
    '#pragma clang diagnostic ignored "-Woverloaded-virtual"',
    `class ${name}${isFinal ? ' final' : ''} : public ${base}${interfaces} {`,
    `  friend class ${name}MetaClass;`,
    '',
    ' public:',
    '  union {',
    `    ${name}_IVars * ivars = nullptr;`,
    `    ${name}_LocalIVars * lvars;`,
    '  };',
    `  virtual const OSMetaClass * getMetaClass() const override { return g${name}MetaClass; }`,
    `  using super = ${base};`,
    '',
    ...members.map((member) => `  ${member}`),
    '};',
    '#pragma clang diagnostic pop',
  ].join('\n');
}

function declareActionClass(name: string): string {
  return [
    declareMetaClass(name),
    `struct ${name}_IVars;\nstruct ${name}_LocalIVars;`,
    declareClass(name, 'OSAction', false, []),
  ].join('\n\n');
}

/** Whether a class belongs to the framework: its objects may live elsewhere, and others see a proxy of it. */
export const canBeRemote = ({ declaration }: ResolvedClass): boolean => has(declaration.attributes, 'KERNEL', 'NATIVE');
