// mach-o.ts — code in, Mach-O files out: thin, universal, with the load commands that decide about signatures.

export const CPU = {
  x86_64: { type: 0x01000007, subtype: 3 },
  arm64: { type: 0x0100000c, subtype: 0 },
  arm64e: { type: 0x0100000c, subtype: 0x80000002 },
} as const;
export type CpuName = keyof typeof CPU;

export interface SliceWish {
  readonly cpu: CpuName;
  /** 10 DriverKit, 1 macOS; undefined: no LC_BUILD_VERSION. */
  readonly platform: number | undefined;
  /** "20.0" */
  readonly minimum: string;
  /** What the program mentions, such as class names. */
  readonly mentions: readonly string[];
  /** Bytes of code behind the header. */
  readonly size?: number;
}

const HEADER = 32;

function packed(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return (major << 16) | (minor << 8) | patch;
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
}

/** One slice that is `signatureSize` bytes longer than its code, with room for the signature at its end. */
export function makeSlice(
  wish: SliceWish,
  signatureSize: number,
): { readonly bytes: Buffer; readonly codeLimit: number } {
  const commands: Buffer[] = [];
  if (wish.platform !== undefined)
    commands.push(words(0x32, 24, wish.platform, packed(wish.minimum), packed('25.0'), 0));
  const signatureAt = commands.length;
  if (signatureSize > 0) commands.push(words(0x1d, 16, 0, signatureSize));
  const size = commands.reduce((sum, command) => sum + command.length, 0);
  const code = makeCode(wish);
  const codeLimit = Math.ceil((HEADER + size + code.length) / 16) * 16;
  if (signatureSize > 0) commands[signatureAt]?.writeUInt32LE(codeLimit, 8);
  const { type, subtype } = CPU[wish.cpu];
  const header = words(0xfeedfacf, type, subtype, 2, commands.length, size, 0, 0);
  const bytes = Buffer.alloc(codeLimit + signatureSize);
  Buffer.concat([header, ...commands, code]).copy(bytes);
  return { bytes, codeLimit };
}

function makeCode({ cpu, mentions, size = 20_000 }: SliceWish): Buffer {
  const code = Buffer.alloc(size, `code for ${cpu}, `);
  code.write(`${mentions.join('\0')}\0`, 64, 'latin1');
  return code;
}

/** A universal file of slices, each at a multiple of 16 KiB. */
export function makeUniversal(slices: readonly { readonly cpu: CpuName; readonly bytes: Buffer }[]): Buffer {
  const align = 1 << 14;
  const table = Buffer.alloc(8 + 20 * slices.length);
  table.writeUInt32BE(0xcafebabe, 0);
  table.writeUInt32BE(slices.length, 4);
  const parts: Buffer[] = [];
  let at = align;
  for (const [index, { cpu, bytes }] of slices.entries()) {
    const entry = 8 + 20 * index;
    for (const [field, value] of [CPU[cpu].type, CPU[cpu].subtype, at, bytes.length, 14].entries())
      table.writeUInt32BE(value >>> 0, entry + 4 * field);
    const gap = index + 1 < slices.length ? (align - (bytes.length % align)) % align : 0;
    parts.push(bytes, Buffer.alloc(gap));
    at += bytes.length + gap;
  }
  return Buffer.concat([table, Buffer.alloc(align - table.length), ...parts]);
}
