const UNITS = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'] as const;

/** Bits a second as people write them: `1 Gbit/s`, `2.5 Gbit/s`, `940 Mbit/s`; three digits, no trailing zeros. */
export function formatSpeed(bitsPerSecond: number): string {
  const unit = Math.min(UNITS.length - 1, bitsPerSecond < 1 ? 0 : Math.floor(Math.log10(bitsPerSecond) / 3));
  return `${Number((bitsPerSecond / 1000 ** unit).toPrecision(3))} ${UNITS[unit]}`;
}
