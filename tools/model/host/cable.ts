import { EXIT, UserError } from '../user-error.ts';
import type { Cable } from './answers.ts';

/** `PORT=CABLE` as typed in; the port's number from 1 and its cable out. Throws a UserError that quotes what it could not read. */
export function parseCable(text: string, ports: number): { readonly port: number; readonly cable: Cable } {
  const [, number, kind] = /^(\d+)=(.+)$/.exec(text) ?? [];
  const port = Number(number);
  if (kind === undefined || port < 1 || port > ports)
    throw unreadable(text, `PORT=CABLE with a port from 1 to ${ports}`);
  if (kind === 'station' || kind === 'none') return { port, cable: kind };
  const [, other] = /^port:(\d+)$/.exec(kind) ?? [];
  if (other !== undefined) {
    if (Number(other) < 1 || Number(other) > ports || Number(other) === port)
      throw unreadable(text, 'another port of the adapter');
    return { port, cable: { port: Number(other) } };
  }
  const [, tap, netns] = /^tap:([^@/]{1,15})@(\/.+)$/.exec(kind) ?? [];
  if (tap !== undefined && netns !== undefined) return { port, cable: { tap, netns } };
  throw unreadable(text, 'station, none, port:N or tap:NAME@/path/of/a/namespace');
}

const unreadable = (text: string, expected: string) =>
  new UserError(
    `--cable ${text}: expected ${expected}`,
    'For example: --cable 1=station --cable 2=port:3',
    EXIT.unusable,
  );
