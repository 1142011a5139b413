import { EXIT, UserError } from '../user-error.ts';

/** `HOST:PORT`, `[IPV6]:PORT` or `HOST` as typed in; both parts out. Throws a UserError that quotes what it could not read. */
export function parseListen(text: string, usual = 3240): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, number] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = number === undefined ? usual : Number(number);
  if (host !== undefined && port <= 65_535) return { host, port };
  throw new UserError(
    `--listen ${text}: expected HOST:PORT`,
    'For example: --listen 127.0.0.1:3241 or --listen [::1]:3240',
    EXIT.unusable,
  );
}
