import { describe, expect, it } from 'vitest';
import { check } from '../../../tools/checks/signing/check.ts';
import type { CheckOptions } from '../../../tools/checks/signing/options.ts';
import { troubles } from '../../../tools/model/finding.ts';
import { readBundle } from '../../../tools/model/signing/bundle.ts';
import { makeApp, NOW, plainRecipe } from '../../support/signing/bundle.ts';
import { FAKE_ROOTS } from '../../support/signing/fake-apple.ts';
import { memoryTree } from '../../support/signing/memory-tree.ts';

const OPTIONS: CheckOptions = { now: NOW, roots: FAKE_ROOTS };

describe('checking a dext in its app', () => {
  it.each(['developer-id', 'development'] as const)('finds nothing wrong with a correct one for %s', (kind) => {
    const bundle = readBundle(memoryTree(makeApp(plainRecipe(kind))), 'Multiport.app');
    const findings = check(bundle, OPTIONS);
    expect(troubles(findings)).toEqual([]);
    expect(findings.length).toBeGreaterThan(10);
  });
});
