// system-version.ts — version numbers of macOS and DriverKit, compared and translated.

/** DriverKit's major versions and the macOS versions they came with. */
const DRIVERKIT_MACOS: Readonly<Record<number, string>> = {
  19: '10.15',
  20: '11.0',
  21: '12.0',
  22: '13.0',
  23: '14.0',
  24: '15.0',
  25: '26.0',
};

function parts(version: string): readonly number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10) || 0);
}

/** Whether `version` is `least` or later; missing parts count as nought. */
export function isAtLeast(version: string, least: string): boolean {
  const [a, b] = [parts(version), parts(least)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** The macOS version a DriverKit version needs: 20.4 is 11.3, which Apple's tables say; others by their major number. */
export function macosOfDriverKit(version: string): string {
  const [major = 0, minor = 0] = parts(version);
  if (major === 20 && minor >= 4) return '11.3';
  return DRIVERKIT_MACOS[major] ?? (major > 25 ? String(major + 1) : '10.15');
}
