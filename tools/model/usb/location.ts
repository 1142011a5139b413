// location.ts — where a device is plugged in, from macOS' locationID: bus in the top byte, then one hub port for each nibble.

export function locationOf(id: number): { readonly bus: number; readonly port: string } {
  const unsigned = id >>> 0;
  const nibbles = [20, 16, 12, 8, 4, 0].map((shift) => (unsigned >>> shift) & 15);
  const ports = nibbles.slice(0, nibbles.findLastIndex((nibble) => nibble !== 0) + 1);
  const bus = unsigned >>> 24;
  return { bus, port: ports.length === 0 ? `${bus}` : `${bus}-${ports.join('.')}` };
}
