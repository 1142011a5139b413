// running-processes.ts — the output of `ps` and `lsof` in, who runs and who talks to whom out.

export interface RunningDext {
  readonly pid: number;
  /** The folder sysextd staged it in: one for each version. */
  readonly uniqueId: string;
  readonly identifier: string;
}

/** `ps -axo pid=,comm=`: the processes that run from /Library/SystemExtensions. */
export function parseRunningDexts(text: string): readonly RunningDext[] {
  const row = /^\s*(?<pid>\d+)?\s*\/Library\/SystemExtensions\/(?<unique>[0-9A-F-]{36})\/(?<id>[\w.-]+)\.dext\//gm;
  return [...text.matchAll(row)].map(({ groups }) => ({
    pid: Number(groups?.pid ?? 0),
    uniqueId: groups?.unique ?? '',
    identifier: groups?.id ?? '',
  }));
}

export interface Connection {
  readonly pid: number;
  readonly command: string;
  /** Without port and scope. */
  readonly localAddress: string;
  readonly remote: string;
}

/** `lsof -nP -i -F pcn`: one letter in front of each field; `n` is `local:port->remote:port` for a connection. */
export function parseConnections(text: string): readonly Connection[] {
  const found: Connection[] = [];
  let pid = 0;
  let command = '';
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) pid = Number(value);
    if (line.startsWith('c')) command = value;
    const ends = line.startsWith('n') ? /^(?<local>.+):\d+->(?<remote>.+)$/.exec(value)?.groups : undefined;
    if (ends) found.push({ pid, command, localAddress: bare(ends.local ?? ''), remote: ends.remote ?? '' });
  }
  return found;
}

/** `[fe80::1%en5]` is `fe80::1` */
const bare = (address: string) => address.replace(/^\[|\]$/g, '').split('%')[0] ?? '';
