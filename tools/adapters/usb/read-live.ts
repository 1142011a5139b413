// read-live.ts — a dump from the system and the device's control pipe in, a fuller dump out. Nothing that changes the device is sent.

import { type Answer, dumpFromAnswers, microsoftSetLength, microsoftVendorCode } from '../../model/usb/answers.ts';
import { readUnsigned } from '../../model/usb/bytes.ts';
import type { Dump } from '../../model/usb/dump.ts';
import { networkFunctions } from '../../model/usb/functions.ts';
import { TYPE } from '../../model/usb/layouts/standard.ts';
import { numberIn } from '../../model/usb/node.ts';
import { readTree, type Tree } from '../../model/usb/tree.ts';
import { type ControlPipe, openControlPipe } from './control-pipe.ts';

/** `standard`: descriptors only. `all`: class and vendor requests too (NTB parameters, MS OS 2.0). */
export type Requests = 'standard' | 'all';

export async function readLive(dump: Dump, requests: Requests): Promise<Dump> {
  const pipe = await openControlPipe(dump.location);
  if ('refused' in pipe) {
    const note = `Not asked the device itself (${pipe.refused}): strings, BOS and MAC addresses may be missing. With sudo they are read.`;
    return { ...dump, notes: [...dump.notes, note] };
  }
  try {
    return merge(dump, await askAll(pipe, dump, requests));
  } finally {
    await pipe.close().catch(() => undefined);
  }
}

const GET_DESCRIPTOR = 6;
const LONGEST = 4096;

/** Remembers each answer in the form captures have them. */
class Conversation {
  readonly answers: Answer[] = [];
  private readonly pipe: ControlPipe;

  constructor(pipe: ControlPipe) {
    this.pipe = pipe;
  }

  async ask(
    requestType: number,
    request: number,
    value: number,
    index: number,
    length: number,
  ): Promise<Uint8Array | undefined> {
    const data = await this.pipe.read(requestType, request, value, index, length);
    this.answers.push({ requestType, request, value, index, length, data });
    return data;
  }

  descriptor(type: number, number: number, length: number, language = 0): Promise<Uint8Array | undefined> {
    return this.ask(0x80, GET_DESCRIPTOR, type * 256 + number, language, length);
  }
}

/** Everything there is to ask, in one order; the answers as captures have them. */
export async function askAll(pipe: ControlPipe, dump: Dump, requests: Requests): Promise<Answer[]> {
  const conversation = new Conversation(pipe);
  const device = await conversation.descriptor(TYPE.device, 0, 18);
  const tree = readTree(dump.descriptors.bytes);
  for (let index = 0; index < Math.min(device?.[17] ?? 0, 8); index++) {
    const header = await conversation.descriptor(TYPE.configuration, index, 9);
    const total = header && readUnsigned(header, 2, 2);
    if (total) await conversation.descriptor(TYPE.configuration, index, Math.min(total, LONGEST));
  }
  await askStrings(conversation, tree);
  const bos = await askBos(conversation, device);
  if (tree.device && dump.speed !== 'super' && dump.speed !== 'super-plus')
    await conversation.descriptor(TYPE.qualifier, 0, 10);
  if (requests === 'all') await askClassAndVendor(conversation, tree, dump, bos);
  return conversation.answers;
}

async function askBos(conversation: Conversation, device: Uint8Array | undefined): Promise<Uint8Array | undefined> {
  if (!device || (readUnsigned(device, 2, 2) ?? 0) < 0x0201) return undefined;
  const header = await conversation.descriptor(TYPE.bos, 0, 5);
  const total = header && readUnsigned(header, 2, 2);
  return total ? conversation.descriptor(TYPE.bos, 0, Math.min(total, LONGEST)) : undefined;
}

/** Each string some descriptor names, in the device's first language. */
async function askStrings(conversation: Conversation, tree: Tree): Promise<void> {
  const indexes = new Set(
    tree.nodes.flatMap(({ fields }) =>
      fields.filter(({ shape, value }) => shape.form === 'string' && value > 0).map(({ value }) => value),
    ),
  );
  const languages = await conversation.descriptor(TYPE.string, 0, 255);
  const language = (languages && readUnsigned(languages, 2, 2)) ?? 0x0409;
  for (const index of indexes) await conversation.descriptor(TYPE.string, index, 255, language);
}

async function askClassAndVendor(
  conversation: Conversation,
  tree: Tree,
  dump: Dump,
  bos: Uint8Array | undefined,
): Promise<void> {
  const active = tree.configurations.find(({ value }) => value === dump.activeConfiguration) ?? tree.configurations[0];
  for (const each of active ? networkFunctions(active) : [])
    if (each.framing === 'NCM' || each.framing === 'MBIM')
      await conversation.ask(0xa1, 0x80, 0, each.control.interface, 28);
  const code = bos && microsoftVendorCode(bos);
  if (bos && code !== undefined) await conversation.ask(0xc0, code, 0, 7, Math.min(microsoftSetLength(bos), LONGEST));
  const isFast = dump.speed === 'super' || dump.speed === 'super-plus';
  if (tree.device && numberIn(tree.device, 'bDeviceClass') === 9)
    await conversation.ask(0xa0, GET_DESCRIPTOR, isFast ? 0x2a00 : 0x2900, 0, 71);
}

/** The system's own bytes stay: they are what its drivers went by. What only the device could say is added. */
function merge(dump: Dump, answers: readonly Answer[]): Dump {
  const live = dumpFromAnswers(answers, dump.form, dump.name);
  if (!live) return { ...dump, notes: [...dump.notes, 'The device did not answer a request for its descriptor.'] };
  const { bos, qualifier, hub, msOs20, ntbParameters } = live;
  return {
    ...dump,
    form: `${dump.form} and control transfers`,
    ...(dump.descriptors.bytes.length === 0 || dump.descriptors.assumed.size > 0
      ? { descriptors: live.descriptors }
      : {}),
    ...(bos && { bos }),
    ...(qualifier && { qualifier }),
    ...(hub && { hub }),
    ...(msOs20 && { msOs20 }),
    ...(ntbParameters && { ntbParameters }),
    strings: new Map([...dump.strings, ...live.strings]),
    unreadableStrings: live.unreadableStrings,
  };
}
