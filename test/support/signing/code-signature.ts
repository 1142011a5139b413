// code-signature.ts — a slice and what its signature should say in, the signed slice out.

import { createHash } from 'node:crypto';
import type { Identity } from './authority.ts';
import { attribute, type CmsWish, makeCms } from './cms.ts';
import { octetString, oid, sequence } from './der.ts';
import { FAKE } from './fake-apple.ts';
import { makeSlice, type SliceWish } from './mach-o.ts';
import { derEntitlements, type PlainDict, xmlPlist } from './plist.ts';

/** Room for a signature besides its page hashes, as codesign leaves some too. */
const ROOM = 16_384;
const HASH_TYPE = { sha1: { type: 1, size: 20 }, sha256: { type: 2, size: 32 } } as const;
const HASH_OID = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1' } as const;
export type HashName = keyof typeof HASH_TYPE;

export interface SignatureWish {
  readonly identifier: string;
  readonly team: string;
  readonly signer: Identity | 'adhoc';
  /** 0x10000: hardened runtime. */
  readonly flags?: number;
  readonly entitlements: PlainDict;
  /** What the XML slot says when it is not what the DER slot says; undefined in a field leaves the blob out. */
  readonly entitlementsXml?: Uint8Array;
  readonly withoutDer?: boolean;
  readonly info?: Uint8Array;
  readonly resources?: Uint8Array;
  /** Code directories, the one in slot 0 first. */
  readonly hashes?: readonly HashName[];
  readonly pageShift?: number;
  readonly timestamp?: Date | undefined;
  readonly cms?: Partial<CmsWish>;
  /** Changes blobs after the CMS was made. */
  readonly tamper?: (blobs: Map<number, Buffer>) => void;
  /** Requirements blob; an empty set unless given. */
  readonly requirements?: Buffer;
  /** Bytes at the end of the code that the code limit leaves out. */
  readonly uncovered?: number;
  /** Hash agility attributes; the true ones unless told. */
  readonly listed?: readonly Uint8Array[];
}

export interface SignedSlice {
  readonly bytes: Buffer;
  /** Of the last code directory, as macOS shows it. */
  readonly cdhash: Buffer;
}

export function blob(magic: number, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(magic, 0);
  head.writeUInt32BE(8 + content.length, 4);
  return Buffer.concat([head, content]);
}

/** Builds a slice and signs it. */
export function signSlice(slice: SliceWish, wish: SignatureWish): SignedSlice {
  const room = ROOM + Math.ceil((slice.size ?? 0) / 2 ** (wish.pageShift ?? 12)) * 32 * (wish.hashes?.length ?? 1);
  const { bytes, codeLimit } = makeSlice(slice, room);
  const limit = codeLimit - (wish.uncovered ?? 0);
  const blobs = slotBlobs(wish);
  const directories = (wish.hashes ?? ['sha256']).map((hash) =>
    codeDirectory(bytes.subarray(0, limit), blobs, wish, hash),
  );
  for (const [index, directory] of directories.entries()) blobs.set(index === 0 ? 0 : 0x1000 + index - 1, directory);
  const cdhash = ownHash(directories.at(-1) ?? Buffer.alloc(0), wish.hashes?.at(-1) ?? 'sha256').subarray(0, 20);
  blobs.set(
    0x10000,
    blob(0xfade0b01, wish.signer === 'adhoc' ? Buffer.alloc(0) : signDirectories(directories, wish, wish.signer)),
  );
  wish.tamper?.(blobs);
  const signature = superBlob(blobs);
  if (signature.length > room) throw new Error(`a signature of ${signature.length} bytes`);
  signature.copy(bytes, codeLimit);
  return { bytes, cdhash };
}

function slotBlobs(wish: SignatureWish): Map<number, Buffer> {
  const blobs = new Map<number, Buffer>();
  const none = Object.keys(wish.entitlements).length === 0;
  blobs.set(2, wish.requirements ?? blob(0xfade0c01, Buffer.alloc(4)));
  if (!none || wish.entitlementsXml)
    blobs.set(5, blob(0xfade7171, wish.entitlementsXml ?? xmlPlist(wish.entitlements)));
  if (!none && !wish.withoutDer) blobs.set(7, blob(0xfade7172, derEntitlements(wish.entitlements)));
  return blobs;
}

function ownHash(directory: Uint8Array, hash: HashName): Buffer {
  return createHash(hash).update(directory).digest();
}

/** Version 0x20500, as today's codesign writes it. */
function codeDirectory(
  code: Uint8Array,
  blobs: ReadonlyMap<number, Buffer>,
  wish: SignatureWish,
  hash: HashName,
): Buffer {
  const { type, size } = HASH_TYPE[hash];
  const digest = (bytes: Uint8Array | undefined) =>
    bytes ? createHash(hash).update(bytes).digest() : Buffer.alloc(size);
  const specials = [wish.info, blobs.get(2), wish.resources, undefined, blobs.get(5), undefined, blobs.get(7)]
    .map(digest)
    .reverse();
  const pageSize = 2 ** (wish.pageShift ?? 12);
  const pages: Buffer[] = [];
  for (let at = 0; at < code.length; at += pageSize) pages.push(digest(code.subarray(at, at + pageSize)));
  const names = Buffer.from(`${wish.identifier}\0${wish.team ? `${wish.team}\0` : ''}`);
  const header = Buffer.alloc(96);
  const hashes = header.length + names.length + specials.length * size;
  const adhoc = wish.signer === 'adhoc' ? 2 : 0;
  const fields = {
    0: 0xfade0c02,
    4: hashes + pages.length * size,
    8: 0x20500,
    12: (wish.flags ?? 0x10000) | adhoc,
    16: hashes,
    20: 96,
    24: specials.length,
    28: pages.length,
    32: code.length,
  };
  for (const [at, value] of Object.entries(fields)) header.writeUInt32BE(value >>> 0, Number(at));
  header.set([size, type, 0, wish.pageShift ?? 12], 36);
  header.writeUInt32BE(wish.team ? 96 + Buffer.byteLength(wish.identifier) + 1 : 0, 48);
  return Buffer.concat([header, names, ...specials, ...pages]);
}

function signDirectories(directories: readonly Buffer[], wish: SignatureWish, signer: Identity): Buffer {
  const hashes = wish.hashes ?? ['sha256'];
  const whole = directories.map((directory, index) => ownHash(directory, hashes[index] ?? 'sha256'));
  const listed = wish.listed ?? whole;
  return makeCms({
    signer,
    content: directories[0] ?? Buffer.alloc(0),
    detached: true,
    ber: true,
    attributes: [
      attribute(
        '1.2.840.113635.100.9.1',
        octetString(xmlPlist({ cdhashes: listed.map((hash) => hash.subarray(0, 20)) })),
      ),
      attribute(
        '1.2.840.113635.100.9.2',
        ...listed.map((hash, index) => sequence(oid(HASH_OID[hashes[index] ?? 'sha256']), octetString(hash))),
      ),
    ],
    ...(wish.timestamp && { timestamp: { authority: FAKE.timestamper, time: wish.timestamp } }),
    ...wish.cms,
  });
}

function superBlob(blobs: ReadonlyMap<number, Buffer>): Buffer {
  const entries = [...blobs].sort(([a], [b]) => a - b);
  const index = Buffer.alloc(12 + 8 * entries.length);
  let at = index.length;
  for (const [place, [slot, bytes]] of entries.entries()) {
    index.writeUInt32BE(slot, 12 + 8 * place);
    index.writeUInt32BE(at, 16 + 8 * place);
    at += bytes.length;
  }
  index.writeUInt32BE(0xfade0cc0, 0);
  index.writeUInt32BE(at, 4);
  index.writeUInt32BE(entries.length, 8);
  return Buffer.concat([index, ...entries.map(([, bytes]) => bytes)]);
}
