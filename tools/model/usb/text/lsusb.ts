// lsusb.ts — the text `lsusb -v` prints in, dumps out: the bytes it was made from, and which of them it does not tell.
//
// The text keeps the order of the bytes, so that order alone says what belongs where; indentation does not survive forums.

import { type Dump, type Lack, NO_BYTES, type Part, type Speed } from '../dump.ts';
import { COMPANION, CONFIGURATION, DEVICE, ENDPOINT, TYPE } from '../layouts/standard.ts';
import { Draft, joinParts } from './draft.ts';
import { GenericDraft } from './generic-draft.ts';
import { readField } from './lsusb-field.ts';
import { type PartName, TITLES } from './lsusb-titles.ts';

/** True for text that looks like lsusb's, with or without `-v`. */
export const isLsusb = (text: string) =>
  /^\W*Bus \d+ Device \d+: ID [0-9a-f]{4}:[0-9a-f]{4}/im.test(text) ||
  /^\W*((Device|Configuration|Interface|Binary Object Store) Descriptor|Interface Association):\s*$/m.test(text);

/** One dump for each device in the text. */
export function parseLsusb(text: string, name: string): Dump[] {
  const reader = new Reader(name);
  for (const line of mendLines(text)) reader.line(line);
  return reader.finish();
}

/** One of lsusb's messages for stderr, with its end of line. */
const MESSAGE = /(?:can't get|cannot read|could not|couldn't|can't) [^\n:,]{3,40}(?:: |, )[A-Z][^\n]{3,60}\n/.source;
const MESSAGES_INSIDE_A_LINE = new RegExp(`(?<=[^\\n])(?<!\\n[ \\t]*)(?:${MESSAGE})+`, 'gi');

/** Messages land in the middle of a line when both outputs go to one file; forums add quotes and borders in front. */
function mendLines(text: string): string[] {
  const mended = text.replace(/\r\n?/g, '\n').replace(MESSAGES_INSIDE_A_LINE, '');
  return mended.split('\n').map((line) => line.replace(/^[>\s|]+/, '').trimEnd());
}

const SPEEDS: readonly [RegExp, Speed][] = [
  [/low/i, 'low'],
  [/full/i, 'full'],
  [/high/i, 'high'],
  [/super.*(plus|\+)|[1-8]0 ?Gbps|20Gbps/i, 'super-plus'],
  [/super/i, 'super'],
];

/** State of one device while its lines go by. */
class Device {
  readonly parts: Record<PartName, Part[]> = { descriptors: [], bos: [], qualifier: [], hub: [] };
  readonly strings = new Map<number, string>();
  readonly unreadable = new Set<number>();
  readonly notes: string[] = [];
  bus: number | undefined;
  address: number | undefined;
  ids: readonly [number, number] | undefined;
  speed: Speed | undefined;
  opened = false;
}

class Reader {
  private readonly name: string;
  private readonly done: Dump[] = [];
  private device: Device | undefined;
  private draft: Draft | GenericDraft | undefined;
  private part: PartName = 'descriptors';

  constructor(name: string) {
    this.name = name;
  }

  line(line: string): void {
    const heading = /^(?:Bus (\d+) )?Device ?(\d*): ID ([0-9a-f]{4}):([0-9a-f]{4})/i.exec(line);
    const begins = this.device
      ? (/^device descriptor:$/i.test(line) && this.begun) ||
        (/^binary object store descriptor:$/i.test(line) && this.device.parts.bos.length > 0)
      : /^(device|configuration|interface|binary object store) descriptor:$|^interface association:$/i.test(line);
    if (heading || begins) this.startDevice(heading ?? undefined);
    if (this.device && !heading) this.deviceLine(line, this.device);
  }

  /** The device had to be opened for its status: then its BOS was asked for, too. */
  private status(device: Device): void {
    this.closeDraft();
    device.opened = true;
  }

  private get begun(): boolean {
    return this.draft !== undefined || (this.device?.parts.descriptors.length ?? 0) > 0;
  }

  private deviceLine(line: string, device: Device): void {
    const raw = /^(?:\*\* )?(?:UNRECOGNIZED|INVALID)[^:]*:\s*((?:[0-9a-f]{2} ?)+)\s*$/i.exec(line)?.[1];
    const speed = /^Negotiated speed: (.*)/.exec(line)?.[1];
    const usage = /^(?:Command|Status|Data-in|Data-out) pipe \(0x0([1-4])\)$/.exec(line)?.[1];
    if (raw) this.raw(raw, device);
    else if (usage) this.pipeUsage(Number(usage), device);
    else if (speed) device.speed = SPEEDS.find(([pattern]) => pattern.test(speed))?.[1];
    else if (/:$/.test(line)) this.title(line.slice(0, -1).trim().toLowerCase());
    else if (/^Device Status:/.test(line)) this.status(device);
    else this.field(line, device);
  }

  finish(): Dump[] {
    this.closeDevice();
    return this.done;
  }

  private startDevice(heading: RegExpExecArray | undefined): void {
    this.closeDevice();
    this.device = new Device();
    this.part = 'descriptors';
    if (!heading) return;
    const [, bus, address, vendor, product] = heading;
    this.device.bus = bus ? Number(bus) : undefined;
    this.device.address = address ? Number(address) : undefined;
    this.device.ids = [Number.parseInt(vendor ?? '', 16), Number.parseInt(product ?? '', 16)];
  }

  private title(title: string): void {
    const known = TITLES[title];
    if (known) {
      this.closeDraft();
      this.part = known.part;
      this.draft = new Draft(known.layout);
    } else if (/descriptor$|capability$/.test(title) && !/^report/.test(title)) {
      this.closeDraft();
      this.draft = new GenericDraft();
    }
  }

  private field(line: string, device: Device): void {
    const [, name, value] = /^(\w+(?:\[\d+\])?(?:\(\s*\d+\))?)\s+(.*)$/.exec(line) ?? [];
    if (!name || value === undefined || !this.draft) return;
    if (name === 'bMaxBurst' && this.draft instanceof Draft && this.draft.layout === ENDPOINT)
      this.openCompanion(this.draft);
    if (name === 'bLength' && this.draft.begun) this.startUntitled();
    if (this.draft instanceof GenericDraft) this.draft.set(name, value);
    else readField(this.draft, name, value, device);
  }

  /** A title nobody knows came before: what follows must not be written over the descriptor before it. */
  private startUntitled(): void {
    this.closeDraft();
    this.draft = new GenericDraft();
  }

  private openCompanion(endpoint: Draft): void {
    const companion = new Draft(COMPANION);
    const isInterrupt = (endpoint.get('bmAttributes') & 3) === 3;
    companion.setNumber('bmAttributes', 0);
    // lsusb does not print it; what a well-made device says is what one packet holds.
    companion.assume('wBytesPerInterval', isInterrupt ? endpoint.get('wMaxPacketSize') : 0);
    this.closeDraft();
    this.draft = companion;
  }

  private raw(digits: string, device: Device): void {
    this.closeDraft();
    const bytes = Uint8Array.from(digits.trim().split(/\s+/), (digit) => Number.parseInt(digit, 16));
    if (this.part === 'hub' || this.part === 'qualifier') return;
    device.parts[this.part].push({ bytes, assumed: new Set() });
  }

  /** Of a disk's pipe usage descriptor only the pipe is printed (UAS, 4.3.3): 4 0x24 pipe reserved. */
  private pipeUsage(pipe: number, device: Device): void {
    this.closeDraft();
    device.parts.descriptors.push({ bytes: Uint8Array.of(4, TYPE.classInterface, pipe, 0), assumed: new Set([3]) });
  }

  private closeDraft(): void {
    if (this.draft) this.device?.parts[this.part].push(this.draft.finish());
    this.draft = undefined;
  }

  private closeDevice(): void {
    this.closeDraft();
    if (this.device) this.done.push(toDump(this.device, this.name));
    this.device = undefined;
  }
}

function toDump(device: Device, name: string): Dump {
  const { bus, address, speed } = device;
  const joined = (part: PartName) => (device.parts[part].length > 0 ? { [part]: joinParts(device.parts[part]) } : {});
  const descriptors = device.parts.descriptors.length > 0 ? joinParts(headed(device)) : onlyIds(device);
  return {
    form: device.parts.descriptors.length > 0 ? 'lsusb -v text' : 'lsusb text',
    name,
    ...joined('bos'),
    ...joined('qualifier'),
    ...joined('hub'),
    descriptors,
    strings: device.strings,
    unreadableStrings: device.unreadable,
    ...(speed && { speed }),
    ...(bus !== undefined && address !== undefined && { location: { bus, address } }),
    lacks: device.parts.descriptors.length === 0 ? NOTHING_BUT_IDS : device.opened ? NOTHING : NO_BOS,
    notes: [...device.notes, ...missing(descriptors)],
  };
}

const NOTHING: ReadonlySet<Lack> = new Set();
const NO_BOS: ReadonlySet<Lack> = new Set(['bos']);
const NOTHING_BUT_IDS: ReadonlySet<Lack> = new Set([
  'configurations',
  'endpoints',
  'class-specific',
  'companions',
  'bos',
]);

/** People quote the interfaces they ask about and leave out what stands above them. */
function headed({ parts: { descriptors }, notes }: Device): readonly Part[] {
  const first = descriptors[0]?.bytes[1];
  if (first === TYPE.device || first === TYPE.configuration) return descriptors;
  notes.push('The text begins in the middle: its device and configuration descriptors are unknown.');
  const configuration = new Draft(CONFIGURATION);
  configuration.assume('bConfigurationValue', 1);
  return [configuration.finish(), ...descriptors];
}

/** `lsusb` without `-v` names the ids and nothing else. */
function onlyIds({ ids, notes, parts: { bos } }: Device): Part {
  if (!ids && bos.length > 0) return NO_BYTES;
  const draft = new Draft(DEVICE);
  draft.setNumber('idVendor', ids?.[0] ?? 0);
  draft.setNumber('idProduct', ids?.[1] ?? 0);
  notes.push('This text has only the ids; `lsusb -v` has the rest.');
  return draft.finish();
}

/** Says when wTotalLength promises more than the text accounts for. */
function missing({ bytes, assumed }: Part): string[] {
  const assumedNote =
    assumed.size > 0
      ? [`${assumed.size} of ${bytes.length} bytes are not in the text; they are marked as assumed.`]
      : [];
  return bytes.length <= DEVICE.size ? [] : assumedNote;
}
