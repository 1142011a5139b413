// ntb-parameters.ts — the answer to GET_NTB_PARAMETERS in, its fields out (NCM 1.1, table 6-3).

import { readUnsigned } from './bytes.ts';

export interface NtbParameter {
  readonly name: string;
  readonly value: number;
  readonly meaning: string;
}

const FIELDS: readonly (readonly [name: string, offset: number, size: number, meaning: (value: number) => string])[] = [
  ['wLength', 0, 2, (value) => (value === 28 ? '' : 'should be 28')],
  ['bmNtbFormatsSupported', 2, 2, (value) => ['NTB16', 'NTB32'].filter((_, bit) => (value >> bit) & 1).join(', ')],
  ['dwNtbInMaxSize', 4, 4, () => 'bytes of the largest block the device sends'],
  ['wNdpInDivisor', 8, 2, () => ''],
  ['wNdpInPayloadRemainder', 10, 2, () => ''],
  ['wNdpInAlignment', 12, 2, () => ''],
  ['dwNtbOutMaxSize', 16, 4, () => 'bytes of the largest block the device takes'],
  ['wNdpOutDivisor', 20, 2, () => ''],
  ['wNdpOutPayloadRemainder', 22, 2, () => ''],
  ['wNdpOutAlignment', 24, 2, () => ''],
  ['wNtbOutMaxDatagrams', 26, 2, (value) => (value === 0 ? 'no limit' : 'frames in one block')],
];

/** Fields beyond the end of a short answer are left out. */
export const readNtbParameters = (bytes: Uint8Array): NtbParameter[] =>
  FIELDS.flatMap(([name, offset, size, meaning]) => {
    const value = readUnsigned(bytes, offset, size);
    return value === undefined ? [] : [{ name, value, meaning: meaning(value) }];
  });
