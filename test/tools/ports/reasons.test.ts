import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../../tools/adapters/iokit/refusals.ts';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { REASONS, VERDICTS } from '../../../tools/model/client/reasons.ts';

const source = (path: string) => readFileSync(join(PROJECT_ROOT, 'dext', path), 'utf8');
/** `case Reason::TooLong: return "…";` in order of appearance, which the enumeration's is. */
const described = (text: string, type: string) =>
  [...text.matchAll(new RegExp(`case ${type}::(\\w+):\\s+return "([^"]+)"`, 'g'))].map(([, name, words]) => ({
    name,
    words,
  }));
const enumerated = (text: string, type: string) =>
  (new RegExp(`enum class ${type} : uint8_t \\{([^}]+)\\}`).exec(text)?.[1] ?? '')
    .replace(/\/\/.*/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

describe('the words for drops and damage', () => {
  it.each([
    ['Reason', 'core/counters.h', REASONS],
    ['Verdict', 'core/framing/verdict.h', VERDICTS],
  ])('of %s are the driver’s, in its order', (type, path, ours) => {
    expect(enumerated(source(path), type)).toEqual(ours.map(({ name }) => name));
    expect(described(source(path), type)).toEqual([...ours]);
  });
});

describe('what an IOKit call refuses with', () => {
  const codes = [
    ...source('host/sdk/DriverKit/IOReturn.h').matchAll(/#define (kIOReturn\w+) iokit_common_err\((0x\w+)\)/g),
  ];

  it('has the names of IOReturn.h, for every code we have words for', () => {
    const named = codes.map(([, name, low]) => [name, refusal('x', (0xe0000000 + Number(low)) | 0).message] as const);
    const known = named.filter(
      ([, message]) => message.startsWith('The driver refuses') && !message.includes('unknown'),
    );
    expect(known.length).toBeGreaterThan(15);
    for (const [name, message] of known) expect(message).toContain(`, ${name})`);
  });

  it('says what to do about a missing entitlement', () => {
    const { message, fix } = refusal('to connect', 0xe00002e2 | 0);
    expect(message).toBe(
      'The driver refuses to connect: this program may not connect to the driver (F66) (0xe00002e2, kIOReturnNotPermitted)',
    );
    expect(fix).toContain('com.apple.developer.driverkit.userclient-access');
  });

  it('says of a host that is not there that it is not there', () => {
    expect(refusal('x', 0xe00002d7 | 0).message).toBe('No host runs here');
  });

  it('shows a code nobody knows', () => {
    expect(refusal('x', 0x12345).message).toContain('0x00012345');
  });
});
