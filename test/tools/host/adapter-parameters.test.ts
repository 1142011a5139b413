import { describe, expect, it } from 'vitest';
import { adapterParameters } from '../../../tools/commands/host/adapter-parameters.ts';

describe('--framing', () => {
  it.each([
    ['ecm', '3', ['ecm', 'ecm', 'ecm']],
    ['ecm,ncm', '4', ['ecm', 'ncm', 'ncm', 'ncm']],
    ['ncm,ecm', '2', ['ncm', 'ecm']],
  ])('%s with %s ports is one for each port, the last for those behind it', (framing, ports, framings) => {
    expect(adapterParameters({ framing, ports })).toMatchObject({ framings });
  });

  it('is left to the host when it is not given', () => {
    expect(adapterParameters({ ports: '2' })).not.toHaveProperty('framings');
  });

  it.each([
    ['rndis', '2', '--framing rndis: must be one of ncm, ecm'],
    ['ecm,', '2', '--framing : must be one of ncm, ecm'],
    ['ecm,ecm,ecm', '2', '--framing ecm,ecm,ecm: more framings than the 2 ports'],
  ])('%s with %s ports is refused in words', (framing, ports, words) => {
    expect(() => adapterParameters({ framing, ports })).toThrow(words);
  });
});
