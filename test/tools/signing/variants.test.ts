import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../tools/checks/signing/catalogue.ts';
import { check } from '../../../tools/checks/signing/check.ts';
import { troubles } from '../../../tools/model/finding.ts';
import { readBundle } from '../../../tools/model/signing/bundle.ts';
import { makeApp, NOW, plainRecipe } from '../../support/signing/bundle.ts';
import { FAKE_ROOTS } from '../../support/signing/fake-apple.ts';
import { memoryTree } from '../../support/signing/memory-tree.ts';
import { VARIANTS } from '../../support/signing/variants.ts';

describe('checking an app with one thing wrong', () => {
  /** Entries of the catalogue the variants below come upon. */
  const said = new Set<string>();

  it.each(VARIANTS)('$id: $name', ({ kind, change, options, id, rule, level, seen }) => {
    const files = makeApp(change(plainRecipe(kind)));
    const findings = check(readBundle(memoryTree(files), 'Multiport.app'), { now: NOW, roots: FAKE_ROOTS, ...options });
    const found = troubles(findings);
    for (const trouble of found) for (const each of [trouble.id, ...trouble.related]) said.add(each);
    const named = new Set(found.map((trouble) => `${trouble.id} ${trouble.rule} ${trouble.level}`));
    expect([...named]).toEqual([`${id} ${rule} ${level ?? 'fail'}`]);
    expect(found[0]?.seen).toMatch(seen);
    expect(found[0]?.reached).toBe(true);
  });

  it('comes upon every failure of the catalogue that files can tell, by itself or as the symptom of another', () => {
    const foreseeable = CATALOGUE.filter(({ files }) => files !== 'no').map(({ id }) => id);
    expect(foreseeable.filter((id) => !said.has(id))).toEqual([]);
  });

  it('has at least sixty ways to be wrong', () => {
    expect(VARIANTS.length).toBeGreaterThanOrEqual(60);
  });
});
