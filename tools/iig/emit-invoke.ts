import type { Lowered } from './lower.ts';
import type { Dispatched } from './resolve.ts';
import { fresh, getsCall, isOneway, referenceCount, stem } from './shapes.ts';

type Locals = Record<'message' | 'reply' | 'result', string>;

/** What a message arrives at: checks it as if a stranger had sent it, calls the implementation, fills the reply. */
export function emitInvoke(dispatched: Dispatched): string {
  const { method, parameters, target } = dispatched;
  const names = parameters.map(({ name }) => name);
  const locals = fresh(['message', 'reply', 'result'], names);
  const own = fresh(['rpc', 'target', 'func', 'targetActionClass'], names);
  const oneway = isOneway(dispatched);
  const args = [
    ...(method.isStatic ? [] : [own.target]),
    ...(getsCall(dispatched) ? [own.rpc] : []),
    ...parameters.map((parameter) => argument(parameter, locals)),
  ].join(', ');
  const lines = [
    `if (${misfits(dispatched, own.rpc)}) return kIOReturnBadArgument;`,
    ...(parameters.some(isRead)
      ? [`const auto * ${locals.message} = reinterpret_cast<const ${stem(dispatched)}_Msg *>(${own.rpc}.message);`]
      : []),
    ...(oneway
      ? []
      : [
          `auto * ${locals.reply} = reinterpret_cast<${stem(dispatched)}_Rpl *>(${own.rpc}.reply);`,
          `memset(${locals.reply}, 0, sizeof *${locals.reply});`,
        ]),
    ...parameters.flatMap((parameter) => unpack(parameter, locals)),
    ...(target
      ? [
          `if (${own.targetActionClass} && ${target.name} && !OSMetaClassBase::safeMetaCast(${target.name}, ${own.targetActionClass})) return kIOReturnBadArgument;`,
        ]
      : []),
    ...(oneway
      ? [`${own.func}(${args});`, 'return kIOReturnSuccess;']
      : [
          `const kern_return_t ${locals.result} = ${own.func}(${args});`,
          ...parameters.flatMap((parameter) => pack(parameter, locals)),
          `${locals.reply}->header = {${own.rpc}.message->method, 0, ${referenceCount(parameters, 'out')}, sizeof *${locals.reply}, ${locals.result}};`,
          `return ${locals.result};`,
        ]),
  ];
  return [`${head(dispatched, own)} {`, ...lines.map((line) => `  ${line}`), '}'].join('\n');
}

function head(dispatched: Dispatched, own: Record<'rpc' | 'target' | 'func' | 'targetActionClass', string>): string {
  const { owner, method, target } = dispatched;
  const parameters = [
    `const IORPC ${own.rpc}`,
    ...(method.isStatic ? [] : [`OSMetaClassBase * ${own.target}`]),
    `${method.name}_Handler ${own.func}`,
    ...(target ? [`const OSMetaClass * ${own.targetActionClass}`] : []),
  ];
  return `kern_return_t ${owner.name}::${method.name}_Invoke(${parameters.join(', ')})`;
}

function misfits(dispatched: Dispatched, rpc: string): string {
  const message = `${rpc}.sendSize != sizeof(${stem(dispatched)}_Msg) || ${rpc}.message->objectRefs != ${referenceCount(dispatched.parameters, 'in')}`;
  return isOneway(dispatched)
    ? message
    : `${message} || !${rpc}.reply || ${rpc}.replySize < sizeof(${stem(dispatched)}_Rpl)`;
}

const isRead = ({ travel }: Lowered): boolean => !travel.as.endsWith('out');

/** Declares and checks what the implementation is called with. */
function unpack({ name, field, travel }: Lowered, { message }: Locals): readonly string[] {
  const from = `${message}->${field}`;
  const refused = 'return kIOReturnBadArgument;';
  switch (travel.as) {
    case 'object':
      return [
        `${travel.type} * ${name} = OSDynamicCast(${travel.type}, OSObjectOf(${from}));`,
        `if (${from} && !${name}) ${refused}`,
      ];
    case 'objects':
      return [
        ...(travel.count === undefined
          ? []
          : [`if (static_cast<uint64_t>(${message}->${travel.count}) > ${travel.bound}) ${refused}`]),
        `${travel.type} * ${name}[${travel.bound}];`,
        `for (size_t i_ = 0; i_ < ${travel.bound}; ++i_) {`,
        `  ${name}[i_] = OSDynamicCast(${travel.type}, OSObjectOf(${from}[i_]));`,
        `  if (${from}[i_] && !${name}[i_]) ${refused}`,
        '}',
      ];
    case 'array':
    case 'array out':
      return travel.count === undefined
        ? []
        : [`if (static_cast<uint64_t>(${message}->${travel.count}) > ${travel.bound}) ${refused}`];
    case 'text':
      return [`if (strnlen(${from}, sizeof ${from}) == sizeof ${from}) ${refused}`];
    case 'object out':
      return [`${travel.type} * ${name} = nullptr;`];
    case 'out':
      return travel.type === 'bool' ? [`bool ${name} = false;`] : [];
    default:
      return [];
  }
}

function argument({ name, field, travel }: Lowered, { message, reply }: Locals): string {
  switch (travel.as) {
    case 'object':
    case 'objects':
      return name;
    case 'value':
      return travel.type === 'bool' ? `${message}->${field} != 0` : `${message}->${field}`;
    case 'copy':
      return `&${message}->${field}`;
    case 'array':
    case 'text':
      return `${message}->${field}`;
    case 'object out':
      return `&${name}`;
    case 'out':
      return travel.type === 'bool' ? `&${name}` : `&${reply}->${field}`;
    default:
      return `${reply}->${field}`;
  }
}

function pack({ name, field, travel }: Lowered, { reply, result }: Locals): readonly string[] {
  if (travel.as === 'object out')
    return [`if (${result} == kIOReturnSuccess) ${reply}->${field} = OSObjectRefOf(${name});`];
  return travel.as === 'out' && travel.type === 'bool' ? [`${reply}->${field} = ${name};`] : [];
}
