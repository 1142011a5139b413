import { describe, expect, it } from 'vitest';
import { explainCode } from '../../../tools/checks/diagnosis/error-code.ts';
import { CODE_SIGNING_ERRORS } from '../../../tools/model/apple/code-signing-errors.ts';
import { capture } from '../../support/captures.ts';

const say = (text: string) =>
  explainCode(text).map(({ domain, name, entries }) => `${domain} ${name} ${entries.join(' ')}`.trim());

describe('explainCode', () => {
  it.each([
    ['4', ['OSSystemExtensionErrorDomain extensionNotFound F32 F38 F33 F34 F35 F36 F39 F37']],
    ['8', ['OSSystemExtensionErrorDomain codeSignatureInvalid F42 F07 F08 F36']],
    ['OSSystemExtensionErrorDomain error 9', ['OSSystemExtensionErrorDomain validationFailed F40 F41']],
    ['OSSystemExtensionErrorDomain Code=10', ['OSSystemExtensionErrorDomain forbiddenBySystemPolicy F45']],
    ['extensionNotFound', ['OSSystemExtensionErrorDomain extensionNotFound F32 F38 F33 F34 F35 F36 F39 F37']],
    ['101', ['OSSystemExtensionErrorDomain (internal) F69 F70']],
    ['-67062', ['OSStatus errSecCSUnsigned F09 F34']],
    ['errSecCSUnsigned', ['OSStatus errSecCSUnsigned F09 F34']],
    ['-413', ['AppleMobileFileIntegrityError No matching profile found F20']],
    ['0xe00002e2', ['IOReturn kIOReturnNotPermitted F66']],
    ['-536870174', ['IOReturn kIOReturnNotPermitted F66']],
    ['e00002e2', ['IOReturn kIOReturnNotPermitted F66']],
    ['67062', ['OSStatus errSecCSUnsigned F09 F34']],
    ['-67061', ['OSStatus errSecCSSignatureFailed F42 F07']],
    ['OSSystemExtensionErrorMissingEntitlement', ['OSSystemExtensionErrorDomain missingEntitlement F44']],
    ['OSSystemExtensionError.Code.validationFailed', ['OSSystemExtensionErrorDomain validationFailed F40 F41']],
    ['kIOReturnUnsupported', ['IOReturn kIOReturnUnsupported F67']],
    ['137', ['exit code Killed: 9 F18 F20']],
    ['4711', []],
    ['Code', []],
    ['', []],
  ])('%s', (text, expected) => {
    expect(say(text)).toEqual(expected);
  });

  it('names every number of Security.framework as Apple does', () => {
    const rows = capture('codesign/errSecCS.tsv').trim().split('\n').slice(1);
    const table = Object.fromEntries(rows.map((row) => row.split('\t')));
    expect(CODE_SIGNING_ERRORS).toEqual(table);
  });

  it('gives every code of SystemExtensions.h a meaning and either an entry or a fix of its own', () => {
    for (const code of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 101]) {
      const [explained] = explainCode(String(code));
      expect(explained?.domain, String(code)).toBe('OSSystemExtensionErrorDomain');
      expect(
        explained?.entries.length || !explained?.fix.includes('tools/provision verify'),
        String(code),
      ).toBeTruthy();
    }
  });
});
