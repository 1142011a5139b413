import { UserError } from '../../model/user-error.ts';

export interface IperfSum {
  readonly bytes: number;
  readonly bits_per_second: number;
  readonly packets?: number;
  readonly lost_packets?: number;
}

export interface IperfEnd {
  readonly sum?: IperfSum;
  readonly sum_sent?: IperfSum;
  readonly sum_received?: IperfSum;
}

/** A server that has not yet seen the end of the client before refuses the next one. */
const TRIES = 5;

/** Runs an iperf3 client through `run`, which runs a program where the client is to be, and gives what it measured in the end. */
export async function iperf(
  run: (...command: readonly string[]) => Promise<string>,
  server: string,
  options: readonly string[],
): Promise<IperfEnd> {
  let refusal: unknown;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    // With --json it says an error in its document, and ends with 0 or 1.
    const text = await run('iperf3', '--client', server, '--json', ...options).catch((error) => stdoutOf(error));
    const document = JSON.parse(text) as { readonly end: IperfEnd; readonly error?: string };
    if (document.error === undefined) return document.end;
    refusal = document.error;
  }
  throw new UserError(
    `iperf3 to ${server} failed ${TRIES} times: ${refusal}`,
    'Try again when the machine has less to do.',
  );
}

function stdoutOf(error: unknown): string {
  if (error instanceof Error && 'stdout' in error && typeof error.stdout === 'string' && error.stdout !== '')
    return error.stdout;
  throw error;
}
