// requirement.ts — the designated requirement codesign writes for a Developer ID, as its blob.

/** "identifier X and anchor apple generic and certificate 1 has a mark and certificate leaf has a mark and is of the team". */
export function developerIdRequirements(identifier: string, team: string): Buffer {
  const mark = (slot: number, hex: string) => Buffer.concat([words(14, slot), data(Buffer.from(hex, 'hex')), words(0)]);
  const parts = [
    Buffer.concat([words(2), text(identifier)]),
    words(15),
    mark(1, '2a864886f763640602' + '06'),
    mark(0, '2a864886f763640601' + '0d'),
    Buffer.concat([words(11, 0), text('subject.OU'), words(1), text(team)]),
  ];
  const expression = Buffer.concat([...parts.slice(1).map(() => words(6)), ...parts]);
  const requirement = Buffer.concat([words(0xfade0c00, 12 + expression.length, 1), expression]);
  return Buffer.concat([words(0xfade0c01, 20 + requirement.length, 1, 3, 20), requirement]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4);
  return bytes;
}

function text(value: string): Buffer {
  return data(Buffer.from(value));
}

function data(bytes: Buffer): Buffer {
  return Buffer.concat([words(bytes.length), bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
