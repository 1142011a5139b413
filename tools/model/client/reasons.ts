// reasons.ts — why frames are dropped and what can be wrong with a transfer, in the order the counters have them.
//
// The words are those of dext/core/counters.h and dext/core/framing/verdict.h; test/tools/ports/reasons.test.ts holds them to it.

/** `Reason` of counters.h. */
export const REASONS = [
  { name: 'PortAway', words: 'port not attached or disabled' },
  { name: 'RingFull', words: 'port too slow, its ring is full' },
  { name: 'TooLong', words: 'frame too long' },
  { name: 'TooShort', words: 'frame too short' },
  { name: 'NoPacket', words: 'no free packet in the OS' },
  { name: 'QueueFull', words: "the OS's queue is full" },
  { name: 'BadEntry', words: 'ring entry makes no sense' },
  { name: 'PipeFailed', words: 'transfer failed' },
] as const;

export type ReasonName = (typeof REASONS)[number]['name'];

/** `Verdict` of verdict.h; the first counts sound transfers. */
export const VERDICTS = [
  { name: 'Ok', words: 'sound' },
  { name: 'Truncated', words: 'ends inside a header' },
  { name: 'BadSignature', words: 'wrong signature' },
  { name: 'BadLength', words: 'impossible length' },
  { name: 'BadDatagram', words: 'datagram too short for a frame' },
  { name: 'Loop', words: 'pointer tables form a loop' },
  { name: 'TooManyBlocks', words: 'too many blocks' },
  { name: 'TooManyDatagrams', words: 'too many datagrams' },
] as const;

export type VerdictName = (typeof VERDICTS)[number]['name'];
