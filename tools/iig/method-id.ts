/** Ids of the runtime's own operations start with this byte (dext/host/wire/message.h, kOpBase). */
const OPERATIONS = 0x7fn;

/**
 * The id of a method: the FNV-1a hash of `Class::Method`, 64 bits. The top bit says that the kernel side implements it
 * (kIORPCMessageIDKernel).
 */
export function methodId(className: string, method: string, isKernel: boolean): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(`${className}::${method}`))
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  hash &= (1n << 63n) - 1n;
  if (hash >> 56n === OPERATIONS) hash ^= 1n << 56n;
  if (isKernel) hash |= 1n << 63n;
  return `0x${hash.toString(16).padStart(16, '0')}ULL`;
}
