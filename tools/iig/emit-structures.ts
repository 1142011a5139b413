import type { Lowered } from './lower.ts';
import { methodId } from './method-id.ts';
import type { Dispatched, ResolvedClass } from './resolve.ts';
import { hasStructures, introduces, isOneway, stem } from './shapes.ts';

/** The ids and message structures of a class: all that the kernel side needs to know of it. */
export function emitStructures({ dispatched }: ResolvedClass): string {
  const ids = dispatched
    .filter(introduces)
    .map(
      (method) =>
        `#define ${stem(method)}_ID ${methodId(method.owner.name, method.method.name, method.implementation === 'kernel')}`,
    );
  const structures = dispatched
    .filter(hasStructures)
    .flatMap((method) => [message(method), ...(isOneway(method) ? [] : [reply(method)])]);
  return [ids.join('\n'), ...structures].filter((part) => part !== '').join('\n\n');
}

/** Objects come first, the target at their head; then the plain parameters. */
function message(method: Dispatched): string {
  const { parameters } = method;
  const fields = [...parameters.flatMap(inObjects), ...parameters.flatMap(inFields)];
  return structure(`${stem(method)}_Msg`, ['OSObjectRef __object;', ...fields]);
}

const reply = (method: Dispatched): string =>
  structure(`${stem(method)}_Rpl`, [...method.parameters.flatMap(outObjects), ...method.parameters.flatMap(outFields)]);

const structure = (name: string, fields: readonly string[]): string =>
  [`struct ${name} {`, '  IORPCMessage header;', ...fields.map((field) => `  ${field}`), '};'].join('\n');

function inObjects({ field, travel }: Lowered): readonly string[] {
  if (travel.as === 'object') return [`OSObjectRef ${field};`];
  return travel.as === 'objects' ? [`OSObjectRef ${field}[${travel.bound}];`] : [];
}

function inFields({ field, travel }: Lowered): readonly string[] {
  switch (travel.as) {
    case 'value':
    case 'copy':
      return [`${wireType(travel.type)} ${field};`];
    case 'array':
      return [`${wireType(travel.type)} ${field}[${travel.bound}];`];
    case 'text':
      return [`char ${field}[${travel.bound}];`];
    default:
      return [];
  }
}

const outObjects = ({ field, travel }: Lowered): readonly string[] =>
  travel.as === 'object out' ? [`OSObjectRef ${field};`] : [];

function outFields({ field, travel }: Lowered): readonly string[] {
  switch (travel.as) {
    case 'out':
      return [`${wireType(travel.type)} ${field};`];
    case 'array out':
      return [`${wireType(travel.type)} ${field}[${travel.bound}];`];
    case 'text out':
      return [`char ${field}[${travel.bound}];`];
    default:
      return [];
  }
}

/** A byte from a stranger is no bool until it was compared with 0 (C++ [conv.lval]: any other value is undefined). */
const wireType = (type: string): string => (type === 'bool' ? 'uint8_t' : type);
