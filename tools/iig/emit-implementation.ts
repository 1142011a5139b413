import { canBeRemote } from './emit-class.ts';
import { emitInvoke } from './emit-invoke.ts';
import { emitWrapper } from './emit-wrapper.ts';
import type { Dispatched, ResolvedClass } from './resolve.ts';
import {
  actionClass,
  callbacks,
  getsCall,
  hasStructures,
  implementationParameters,
  introduces,
  stem,
  structures,
} from './shapes.ts';

/** The code of a class: wrappers, _Invoke, _Dispatch, actions, and its description, which registers itself. */
export function emitImplementation(resolved: ResolvedClass): string {
  const { declaration, dispatched } = resolved;
  const { name, base } = declaration;
  const own = dispatched.filter(introduces);
  return [
    ...dispatched.flatMap(sameParameters),
    ...own.filter(hasStructures).map(copiesAsBytes),
    ...own.map(emitWrapper),
    ...own.filter(hasStructures).map(emitInvoke),
    ...callbacks(resolved).map(createAction),
    emitDispatch(resolved),
    describeClass(
      name,
      base || 'OSMetaClassBase',
      canBeRemote(resolved) ? 'kOSClassCanRemote' : '0',
      dispatched,
      isAbstract(resolved),
    ),
    ...callbacks(resolved).map((callback) => describeClass(actionClass(callback), 'OSAction', '0', [], false)),
  ].join('\n\n');
}

/** An override and a callback must take exactly what the method they stand for takes: the message is read by that one's types. */
function sameParameters(dispatched: Dispatched): readonly string[] {
  const { method, source, introducer } = dispatched;
  const original = source ?? introducer;
  if (stem(original) === stem(dispatched)) return [];
  const [mine, theirs] = [stem(dispatched), stem(original)].map((name) => `void (*)(${name}_Args)`);
  const { file, line } = method.position;
  const words = `${file.slice(file.lastIndexOf('/') + 1)}:${line}: ${method.name} takes other types than ${original.owner.name}::${original.method.name}`;
  return [`static_assert(std::is_same_v<${mine}, ${theirs}>, "${words}");`];
}

/** Messages are zeroed and copied as bytes; a structure with constructors of its own must not be among the parameters. */
const copiesAsBytes = (dispatched: Dispatched): string =>
  `static_assert(std::is_trivially_copyable_v<${stem(dispatched)}_Msg>, "${dispatched.method.name} takes what cannot leave the process");`;

function createAction(callback: Dispatched): string {
  const { owner, method } = callback;
  const action = actionClass(callback);
  return `kern_return_t ${owner.name}::CreateAction${method.name}(size_t referenceSize, OSAction ** action) {
  OSString * typeName = OSString::withCString("${action}");
  if (!typeName) return kIOReturnNoMemory;
  const kern_return_t result = ${action}::CreateWithTypeName(this, ${stem(callback)}_ID, ${structures(callback)}_ID, referenceSize, typeName, action);
  typeName->release();
  return result;
}`;
}

function emitDispatch({ declaration: { name, base }, dispatched }: ResolvedClass): string {
  const cases = dispatched.filter(({ method }) => !method.isStatic).map(dispatchCase);
  const otherwise =
    base === ''
      ? 'return kIOReturnUnsupported;'
      : `return ${base === 'OSMetaClassBase' ? 'kIOReturnUnsupported' : `${base}::_Dispatch(self, rpc)`};`;
  return `kern_return_t ${name}::Dispatch(const IORPC rpc) { return _Dispatch(this, rpc); }

kern_return_t ${name}::_Dispatch([[maybe_unused]] OSMetaClassBase * self, const IORPC rpc) {
  switch (rpc.message->method) {
${cases.join('\n')}
    default:
      ${otherwise}
  }
}`;
}

function dispatchCase(dispatched: Dispatched): string {
  const { owner, method, source, introducer, implementation } = dispatched;
  const label = `    case ${stem(introducer)}_ID:`;
  if (implementation === 'kernel') return `${label}\n      return OSKernelCall(self, rpc);`;
  if (implementation === 'nowhere') return `${label}\n      return kIOReturnUnsupported;`;
  const invoker = source ?? introducer;
  const action = source ? `, OSTypeID(${actionClass(dispatched)})` : '';
  const args = `${source ? stem(dispatched) : stem(introducer)}_Args`;
  const names = [...(getsCall(dispatched) ? ['rpc'] : []), ...argumentNames(dispatched)].join(', ');
  const takes = implementationParameters(dispatched).length > 0 ? `, ${args}` : '';
  return `${label}
      return ${invoker.owner.name}::${invoker.method.name}_Invoke(rpc, self, [](OSMetaClassBase * self_${takes}) -> ${method.returns} {
        return static_cast<${owner.name} *>(self_)->${method.name}_Impl(${names});
      }${action});`;
}

/** The names in the _Args that the case's lambda is written with: those of the class that introduced the method. */
const argumentNames = ({ method, source, introducer }: Dispatched): readonly string[] =>
  (source ? method : introducer.method).parameters.map(({ name }) => name);

/** A class whose plain methods are not all there cannot be made, only its subclasses can. */
const isAbstract = ({ locals }: ResolvedClass): boolean => locals.some(({ method }) => method.isPure);

function describeClass(
  name: string,
  base: string,
  flags: string,
  dispatched: readonly Dispatched[],
  cannotBeMade: boolean,
): string {
  const rows = dispatched.map(({ method, introducer }) => {
    const queue = method.attributes.get('QUEUENAME');
    return `  {${stem(introducer)}_ID, ${queue === undefined ? 'nullptr' : `"${queue}"`}, "${method.name}"},`;
  });
  const own = dispatched.filter((method) => method.method.isStatic).map(staticCase);
  const table =
    rows.length > 0 ? `static const OSMethodDescription k${name}Methods[] = {\n${rows.join('\n')}\n};\n` : '';
  const isMessage = own.length > 0;
  const above = base === 'OSMetaClassBase' ? 'nullptr' : `"${base}"`;
  return `${table}static const OSClassDescription k${name}Description = {"${name}", ${above}, ${rows.length > 0 ? `k${name}Methods` : 'nullptr'}, ${rows.length}, ${flags}, sizeof(${name})};

kern_return_t ${name}MetaClass::New(${
    cannotBeMade
      ? 'OSObject *) { return kIOReturnUnsupported; }'
      : `OSObject * instance) {
  ::new (static_cast<void *>(instance)) ${name};
  return kIOReturnSuccess;
}`
  }

kern_return_t ${name}MetaClass::Dispatch(const IORPC${isMessage ? ' rpc' : ''}) {
${isMessage ? `  switch (rpc.message->method) {\n${own.join('\n')}\n    default:\n      return kIOReturnUnsupported;\n  }` : '  return kIOReturnUnsupported;'}
}

OSMetaClass * g${name}MetaClass = OSRegisterClass(new ${name}MetaClass, &k${name}Description);`;
}

function staticCase({ owner, method, implementation, ...rest }: Dispatched): string {
  const label = `    case ${owner.name}_${method.name}_ID:`;
  if (implementation !== 'here') return `${label}\n      return OSKernelCall(nullptr, rpc);`;
  return `${label}\n      return ${owner.name}::${method.name}_Invoke(rpc, [](${rest.parameters.map(({ declaration }) => declaration).join(', ')}) { return ${owner.name}::${method.name}_Impl(${rest.parameters.map(({ name }) => name).join(', ')}); });`;
}
