// requirement.ts — a code requirement in; its words, and whether a signature meets it, out.
//
// set (0xfade0c01)          0 magic, 4 length, 8 count; per requirement type, offset. Type 3: the designated one
// requirement (0xfade0c00)  0 magic, 4 length, 8 kind 1, 12 expression             Security requirement.h
// expression                opcode, then its operands; data: length, bytes, up to a multiple of 4

import type { Certificate } from './certificate.ts';
import { digest } from './crypto.ts';
import type { PlistDict, PlistValue } from './plist.ts';
import { COMPARISONS, dotted, subjectField } from './requirement-match.ts';
import type { View } from './view.ts';

const MAX_DEPTH = 64;
export const DESIGNATED = 3;

const OP = {
  never: 0,
  always: 1,
  identifier: 2,
  appleAnchor: 3,
  anchorHash: 4,
  infoValue: 5,
  and: 6,
  or: 7,
  cdhash: 8,
  not: 9,
  infoField: 10,
  certificateField: 11,
  trustedCertificate: 12,
  trustedCertificates: 13,
  certificateExtension: 14,
  appleGenericAnchor: 15,
  entitlement: 16,
  certificatePolicy: 17,
  namedAnchor: 18,
  namedCode: 19,
  platform: 20,
  notarized: 21,
  certificateDate: 22,
  legacyDeveloperId: 23,
} as const;

/** What a requirement is asked about. */
export interface RequirementSubject {
  readonly identifier: string;
  readonly cdhashes: readonly string[];
  readonly info: PlistDict;
  readonly entitlements: PlistDict;
  /** Leaf first, root last; ending in a trusted root. */
  readonly chain: readonly Certificate[];
}

/** `undefined` where files alone cannot tell. */
export interface Requirement {
  readonly text: string;
  readonly meets: (subject: RequirementSubject) => boolean | undefined;
}

/** The requirement of `type` in a set; undefined when it has none. Throws FormatError. */
export function readRequirement(set: View, type: number): Requirement | undefined {
  const count = set.u32(8, 'number of requirements');
  for (let index = 0; index < Math.min(count, 16); index++) {
    if (set.u32(12 + 8 * index) !== type) continue;
    const offset = set.u32(16 + 8 * index);
    const view = set.slice(offset, set.u32(offset + 4, 'length of a requirement'), 'requirement');
    if (view.u32(8, 'kind') !== 1) throw view.error(8, `a requirement of kind ${view.u32(8)}`);
    return new RequirementReader(view).expression(0);
  }
  return undefined;
}

type Match = (value: PlistValue | undefined) => boolean | undefined;

class RequirementReader {
  readonly #view: View;
  #at = 12;

  constructor(view: View) {
    this.#view = view;
  }

  expression(depth: number): Requirement {
    if (depth > MAX_DEPTH) throw this.#view.error(this.#at, 'expressions are nested too deep');
    const at = this.#at;
    const word = this.#word();
    const op = word & 0xffffff;
    switch (op) {
      case OP.never:
        return { text: 'never', meets: () => false };
      case OP.always:
        return { text: 'always', meets: () => true };
      case OP.identifier: {
        const identifier = this.#text();
        return {
          text: `identifier ${JSON.stringify(identifier)}`,
          meets: (subject) => subject.identifier === identifier,
        };
      }
      case OP.appleAnchor:
        return { text: 'anchor apple', meets: () => undefined };
      case OP.appleGenericAnchor:
        return { text: 'anchor apple generic', meets: ({ chain }) => chain.length > 1 };
      case OP.anchorHash:
        return this.#anchorHash();
      case OP.and:
      case OP.or:
        return this.#pair(op === OP.and, depth);
      case OP.not: {
        const inner = this.expression(depth + 1);
        return { text: `!(${inner.text})`, meets: (subject) => negate(inner.meets(subject)) };
      }
      case OP.cdhash: {
        const hash = Buffer.from(this.#data().bytes).toString('hex');
        return { text: `cdhash H"${hash}"`, meets: ({ cdhashes }) => cdhashes.includes(hash) };
      }
      case OP.infoField:
      case OP.entitlement:
        return this.#dictionaryField(op === OP.infoField);
      case OP.certificateField:
        return this.#certificateField();
      case OP.certificateExtension:
      case OP.certificatePolicy:
        return this.#certificateMark(op === OP.certificateExtension);
      case OP.notarized:
        return { text: 'notarized', meets: () => undefined };
      case OP.legacyDeveloperId:
        return { text: 'legacy', meets: () => undefined };
      case OP.trustedCertificates:
        return { text: 'anchor trusted', meets: () => undefined };
      case OP.platform:
        return { text: `platform = ${this.#word()}`, meets: () => undefined };
      default:
        return this.#unknown(word, at);
    }
  }

  /** A newer opcode tells by its top bits that its operand can be skipped, and whether it then counts as false. */
  #unknown(word: number, at: number): Requirement {
    if (word >>> 30 === 0) throw this.#view.error(at, `opcode ${word} is unknown`);
    this.#data();
    return { text: `/* opcode ${word & 0xffffff} */`, meets: () => undefined };
  }

  #pair(isAnd: boolean, depth: number): Requirement {
    const a = this.expression(depth + 1);
    const b = this.expression(depth + 1);
    const decided = !isAnd;
    return {
      text: isAnd ? `${a.text} and ${b.text}` : `(${a.text} or ${b.text})`,
      meets: (subject) => {
        const answers = [a.meets(subject), b.meets(subject)];
        if (answers.includes(decided)) return decided;
        return answers.includes(undefined) ? undefined : !decided;
      },
    };
  }

  #anchorHash(): Requirement {
    const slot = this.#slot();
    const hash = this.#data();
    return {
      text: `certificate ${slotName(slot)} = H"${hash.hex()}"`,
      meets: ({ chain }) => {
        const certificate = at(chain, slot);
        return (
          certificate !== undefined && Buffer.from(digest('sha1', certificate.bytes)).toString('hex') === hash.hex()
        );
      },
    };
  }

  #dictionaryField(isInfo: boolean): Requirement {
    const key = this.#text();
    const match = this.#match();
    return {
      text: `${isInfo ? 'info' : 'entitlement'}[${key}]${match.text}`,
      meets: ({ info, entitlements }) => match.holds((isInfo ? info : entitlements).get(key)),
    };
  }

  #certificateField(): Requirement {
    const slot = this.#slot();
    const field = this.#text();
    const match = this.#match();
    return {
      text: `certificate ${slotName(slot)}[${field}]${match.text}`,
      meets: ({ chain }) => {
        const certificate = at(chain, slot);
        return certificate === undefined ? false : match.holds(subjectField(certificate, field));
      },
    };
  }

  #certificateMark(isExtension: boolean): Requirement {
    const slot = this.#slot();
    const type = dotted(this.#data());
    const match = this.#match();
    return {
      text: `certificate ${slotName(slot)}[${isExtension ? 'field' : 'policy'}.${type}]${match.text}`,
      meets: ({ chain }) => {
        const certificate = at(chain, slot);
        if (!isExtension) return undefined;
        return certificate === undefined ? false : match.holds(certificate.extensions.has(type) ? true : undefined);
      },
    };
  }

  #match(): { text: string; holds: Match } {
    const operator = this.#word();
    if (operator === 0) return { text: ' /* exists */', holds: (value) => value !== undefined && value !== false };
    if (operator === 14) return { text: ' absent', holds: (value) => value === undefined };
    if (operator >= 9) {
      this.#at += 8; // a date: seconds since 2001
      return { text: ' at a time', holds: () => undefined };
    }
    const operand = this.#text();
    const compare = COMPARISONS[operator];
    if (!compare) throw this.#view.error(this.#at, `match ${operator} is unknown`);
    const [sign, test] = compare;
    return {
      text: ` ${sign} ${JSON.stringify(operand)}`,
      holds: (value) =>
        (Array.isArray(value) ? value : [value]).some((one) => typeof one === 'string' && test(one, operand)),
    };
  }

  #word(): number {
    const value = this.#view.u32(this.#at, 'requirement');
    this.#at += 4;
    return value;
  }

  /** Signed: -1 is the root. */
  #slot(): number {
    return this.#word() | 0;
  }

  #data(): View {
    const length = this.#word();
    const data = this.#view.slice(this.#at, length, 'operand of a requirement');
    this.#at += Math.ceil(length / 4) * 4;
    return data;
  }

  #text(): string {
    return this.#data().text('operand of a requirement');
  }
}

function negate(answer: boolean | undefined): boolean | undefined {
  return answer === undefined ? undefined : !answer;
}

function at(chain: readonly Certificate[], slot: number): Certificate | undefined {
  return chain.at(slot);
}

function slotName(slot: number): string {
  return slot === 0 ? 'leaf' : slot === -1 ? 'root' : String(slot);
}
