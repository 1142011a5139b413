import { describe, expect, it } from 'vitest';
import { CATALOGUE, catalogued } from '../../../tools/checks/signing/catalogue.ts';

describe('the catalogue of refusals', () => {
  it('has every id from F01 to F84 once, in order', () => {
    const ids = Array.from({ length: 84 }, (_, index) => `F${String(index + 1).padStart(2, '0')}`);
    expect(CATALOGUE.map((entry) => entry.id)).toEqual(ids);
  });

  it.each(CATALOGUE)('says what is seen, why and what to do: $id', (entry) => {
    for (const text of [entry.title, entry.seen, entry.fix, entry.source]) expect(text.trim()).not.toBe('');
    expect(catalogued(entry.id)).toBe(entry);
  });
});
