// terminal.ts — the person at the keyboard: width, keys, the wish to end; and what is drawn for them.

export interface Terminal {
  /** Whether lines may be drawn over; a pipe gets them one behind the other. */
  readonly interactive: boolean;
  readonly colour: boolean;
  /** Columns now; without end in a pipe. */
  width(): number;
  write(text: string): void;
  /** Ends with Ctrl-C, with q on a terminal, and with SIGTERM or SIGHUP. */
  untilStopped(): Stopping;
}

/** `signal` is aborted when the person wants to end; `release` gives keyboard and signals back. */
export interface Stopping {
  readonly signal: AbortSignal;
  release(): void;
}

const CTRL_C = '\u0003';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export const realTerminal = (environment: NodeJS.ProcessEnv = process.env): Terminal => ({
  interactive: process.stdout.isTTY === true && environment.TERM !== 'dumb',
  colour: process.stdout.hasColors?.() ?? false,
  width: () => process.stdout.columns ?? Number.POSITIVE_INFINITY,
  write: (text) => void process.stdout.write(text),
  untilStopped,
});

function untilStopped(): Stopping {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  const { stdin } = process;
  const hasKeys = stdin.isTTY === true && process.stdout.isTTY === true;
  const onKey = (keys: Buffer) => {
    if (/[qQ]/.test(keys.toString()) || keys.includes(CTRL_C)) stop();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  if (hasKeys) stdin.setRawMode(true).on('data', onKey).resume();
  return {
    signal: stopping.signal,
    release: () => {
      for (const signal of SIGNALS) process.off(signal, stop);
      if (hasKeys) stdin.off('data', onKey).setRawMode(false).pause();
    },
  };
}
