import type { Lowered } from './lower.ts';
import type { Dispatched } from './resolve.ts';
import { fresh, isOneway, referenceCount, stem, structures, wrapperParameters } from './shapes.ts';

type Locals = Record<'message' | 'reply' | 'call' | 'result' | 'self', string>;

/** The method that callers call: fills the message, sends it, takes the reply apart. */
export function emitWrapper(dispatched: Dispatched): string {
  const { owner, method, parameters } = dispatched;
  const locals = fresh(
    ['message', 'reply', 'call', 'result', 'self'],
    parameters.map(({ name }) => name),
  );
  const all = [...wrapperParameters(dispatched), ...(method.isStatic ? [] : ['OSDispatchMethod supermethod'])];
  const failed = isOneway(dispatched) ? 'return;' : 'return kIOReturnBadArgument;';
  const lines = [
    ...(method.attributes.has('REPLY') ? ['(void)rpc;'] : []),
    ...(method.isConst ? [`${owner.name} * ${locals.self} = const_cast<${owner.name} *>(this);`] : []),
    `${structures(dispatched)}_Msg ${locals.message};`,
    `memset(&${locals.message}, 0, sizeof ${locals.message});`,
    `${locals.message}.header = {${stem(dispatched)}_ID, ${flags(dispatched)}, ${referenceCount(parameters, 'in')}, sizeof ${locals.message}, 0};`,
    ...(method.isStatic ? [] : [`${locals.message}.__object = OSObjectRefOf(${target(dispatched, locals)});`]),
    ...parameters.flatMap((parameter) => fill(parameter, locals.message, failed)),
    ...(isOneway(dispatched) ? sendOneway(dispatched, locals) : sendAndTake(dispatched, locals)),
  ];
  const head = `${method.returns} ${owner.name}::${method.name}(${all.join(', ')})${method.isConst ? ' const' : ''}`;
  return [`${head} {`, ...lines.map((line) => `  ${line}`), '}'].join('\n');
}

function flags({ method, implementation }: Dispatched): string {
  const set = [
    ...(method.returns === 'void' ? ['kIORPCMessageOneway'] : []),
    ...(method.attributes.has('LOCAL') ||
    method.attributes.has('LOCALHOST') ||
    (method.isStatic && implementation === 'here')
      ? ['kIORPCMessageLocalHost']
      : []),
  ];
  return set.length === 0 ? '0' : set.join(' | ');
}

/** The object a message is addressed to: a completed action itself, which forwards to its target. */
function target({ target: action, method, source }: Dispatched, locals: Locals): string {
  if (action && !source) return action.name;
  return method.isConst ? locals.self : 'this';
}

function fill({ name, field, travel }: Lowered, message: string, failed: string): readonly string[] {
  const into = `${message}.${field}`;
  switch (travel.as) {
    case 'object':
      return [`${into} = OSObjectRefOf(${travel.isConst ? `const_cast<${travel.type} *>(${name})` : name});`];
    case 'objects':
      return [
        `if (${tooMany(travel.count, travel.bound)}!${name}) ${failed}`,
        `for (size_t i_ = 0; i_ < static_cast<size_t>(${travel.count ?? travel.bound}); ++i_) ${into}[i_] = OSObjectRefOf(${name}[i_]);`,
      ];
    case 'value':
      return [`${into} = ${name};`];
    case 'copy':
      return [`if (!${name}) ${failed}`, `${into} = *${name};`];
    case 'array':
      if (travel.count === undefined) return [`if (!${name}) ${failed}`, `memcpy(${into}, ${name}, sizeof ${into});`];
      return [
        `if (${tooMany(travel.count, travel.bound)}(${travel.count} && !${name})) ${failed}`,
        `if (${travel.count}) memcpy(${into}, ${name}, static_cast<size_t>(${travel.count}) * sizeof *${name});`,
      ];
    case 'text':
      return [
        `if (!${name} || strnlen(${name}, sizeof ${into}) == sizeof ${into}) ${failed}`,
        `memcpy(${into}, ${name}, strlen(${name}));`,
      ];
    default:
      return [];
  }
}

/** A condition with `||` behind it that is true of a count beyond the array; a negative one is huge as uint64_t. */
const tooMany = (count: string | undefined, bound: string): string =>
  count === undefined ? '' : `static_cast<uint64_t>(${count}) > ${bound} || `;

function sendOneway(dispatched: Dispatched, { message, call, self }: Locals): readonly string[] {
  return [
    `IORPC ${call}{&${message}.header, nullptr, sizeof ${message}, 0};`,
    `${send(dispatched, call, self, '(void)')};`,
  ];
}

function sendAndTake(dispatched: Dispatched, locals: Locals): readonly string[] {
  const { parameters } = dispatched;
  const { message, reply, call, result, self } = locals;
  const taken = parameters.flatMap((parameter) => take(parameter, locals));
  return [
    `${structures(dispatched)}_Rpl ${reply};`,
    `memset(&${reply}, 0, sizeof ${reply});`,
    `${reply}.header = {${stem(dispatched)}_ID, 0, ${referenceCount(parameters, 'out')}, sizeof ${reply}, 0};`,
    `IORPC ${call}{&${message}.header, &${reply}.header, sizeof ${message}, sizeof ${reply}};`,
    `${taken.length > 0 ? '' : 'const '}kern_return_t ${result} = ${send(dispatched, call, self)};`,
    ...(taken.length > 0 ? [`if (${result} == kIOReturnSuccess) {`, ...taken.map((line) => `  ${line}`), '}'] : []),
    `return ${result};`,
  ];
}

function send(dispatched: Dispatched, call: string, self: string, discard = ''): string {
  const { owner, method, implementation, target: action, source } = dispatched;
  if (method.isStatic)
    return implementation === 'here'
      ? `${discard}g${owner.name}MetaClass->Dispatch(${call})`
      : `${discard}OSKernelCall(nullptr, ${call})`;
  const me = method.isConst ? self : 'this';
  const invoke =
    action && !source
      ? `${action.name} ? ${action.name}->Invoke(${call}) : kIOReturnBadArgument`
      : `${me}->Invoke(${call})`;
  const whole = `supermethod ? supermethod(${me}, ${call}) : ${invoke}`;
  return discard ? `${discard}(${whole})` : whole;
}

function take({ name, field, travel }: Lowered, { reply, result }: Locals): readonly string[] {
  const from = `${reply}.${field}`;
  switch (travel.as) {
    case 'object out':
      return [
        `if (!iig::take(${name}, OSDynamicCast(${travel.type}, OSObjectOf(${from})), ${from})) ${result} = kIOReturnBadArgument;`,
      ];
    case 'out':
      return [`if (${name}) *${name} = ${from}${travel.type === 'bool' ? ' != 0' : ''};`];
    case 'array out':
      return [
        `if (${name}) memcpy(${name}, ${from}, ${travel.count === undefined ? `sizeof ${from}` : `static_cast<size_t>(${travel.count}) * sizeof *${name}`});`,
      ];
    case 'text out':
      return [`${from}[sizeof ${from} - 1] = 0;`, `if (${name}) memcpy(${name}, ${from}, sizeof ${from});`];
    default:
      return [];
  }
}
