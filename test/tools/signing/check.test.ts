import { describe, expect, it } from 'vitest';
import { check } from '../../../tools/checks/signing/check.ts';
import type { CheckOptions } from '../../../tools/checks/signing/options.ts';
import { troubles } from '../../../tools/model/finding.ts';
import { readBundle } from '../../../tools/model/signing/bundle.ts';
import { makeApp, NOW, plainRecipe } from '../../support/signing/bundle.ts';
import { FAKE_ROOTS } from '../../support/signing/fake-apple.ts';
import { memoryTree } from '../../support/signing/memory-tree.ts';
import { withNestedCode } from '../../support/signing/nested-code.ts';

const OPTIONS: CheckOptions = { now: NOW, roots: FAKE_ROOTS };

describe('checking a dext in its app', () => {
  it.each(['developer-id', 'development'] as const)('finds nothing wrong with a correct one for %s', (kind) => {
    const bundle = readBundle(memoryTree(makeApp(plainRecipe(kind))), 'Multiport.app');
    const findings = check(bundle, OPTIONS);
    expect(troubles(findings)).toEqual([]);
    expect(findings.length).toBeGreaterThan(10);
  });

  it('follows the code an app brings besides: a framework with versions, a helper, links', () => {
    const files = makeApp(withNestedCode({})(plainRecipe('developer-id')));
    const findings = check(readBundle(memoryTree(files), 'Multiport.app'), OPTIONS);
    expect(troubles(findings)).toEqual([]);
    const signed = findings.filter(({ rule }) => rule === 'signer').map(({ subject }) => subject);
    expect(signed).toContain('Contents/Frameworks/Ports.framework/Versions/A/Ports');
    expect(signed).toContain('Contents/Helpers/ports-helper');
  });
});
