// system-here.ts — the System of the machine this runs on.

import { generateKeyPairSync } from 'node:crypto';
import { homedir } from 'node:os';
import { execa } from 'execa';
import { Secret } from '../model/secret.ts';
import { APPLE_ROOTS } from '../model/signing/apple-roots.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import { filesBelow } from './files.ts';
import { Interruption } from './interruption.ts';
import { type Execute, type HttpRequest, type HttpResponse, type System, TIMED_OUT } from './system.ts';

const MINUTES = 60_000;

export function realSystem(): System {
  const interruption = new Interruption();
  return {
    platform: process.platform,
    now: () => new Date(),
    environment: process.env,
    home: homedir(),
    workingDirectory: process.cwd(),
    execute,
    files: filesBelow('/'),
    http,
    input: () =>
      textOf(
        process.stdin,
        LARGEST_INPUT,
        new UserError('Standard input is larger than 256 MiB', 'Give a part of it.', EXIT.unusable),
      ),
    trustedRoots: APPLE_ROOTS,
    wait: (milliseconds) => interruption.wait(milliseconds),
    makeRsaKey: (bits) => generateKeyPairSync('rsa', { modulusLength: bits }).privateKey,
    interruptible: (work) => interruption.during(work),
    out: (line) => void process.stdout.write(`${line}\n`),
    columns: process.stdout.columns ?? Number.POSITIVE_INFINITY,
    err: (line) => void process.stderr.write(`${line}\n`),
    interactive: process.stderr.isTTY === true,
  };
}

// Execa's own error has the command line and the input in it, so it never leaves this function.
export const execute: Execute = async (program, args, { input, timeout = 10 * MINUTES, onLine } = {}) => {
  const result = await execa(program, args, {
    ...(input === undefined
      ? { stdin: 'ignore' as const }
      : { input: input instanceof Secret ? input.reveal() : input }),
    ...(onLine === undefined ? {} : { stdout: ['pipe' as const, passLines(onLine)] }),
    timeout,
    reject: false,
    stripFinalNewline: false,
    env: { LC_ALL: 'C' },
  });
  if (result.timedOut) return { exitCode: TIMED_OUT, stdout: result.stdout, stderr: result.stderr };
  if (result.exitCode === undefined && result.signal === undefined) {
    throw new UserError(`${program} cannot be started`, `Is it installed and in PATH? ${result.code ?? ''}`.trim());
  }
  return { exitCode: result.exitCode ?? 1, stdout: result.stdout, stderr: result.stderr };
};

const passLines = (onLine: (line: string) => void) =>
  function* (line: unknown) {
    onLine(String(line));
    yield line;
  };

/** Far more than 200 resources need. */
const LARGEST_ANSWER = 16 << 20;

/** What `explain` takes of a file, too. */
const LARGEST_INPUT = 256 << 20;

async function textOf(chunks: AsyncIterable<unknown>, most: number, tooMuch: UserError): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of chunks) {
    size += (chunk as Uint8Array).length;
    if (size > most) throw tooMuch;
    text += decoder.decode(chunk as Uint8Array, { stream: true });
  }
  return text + decoder.decode();
}

async function http({ method, url, headers, body: sent }: HttpRequest): Promise<HttpResponse> {
  const plain = Object.entries(headers).map(([name, value]): [string, string] => [
    name,
    value instanceof Secret ? value.reveal() : value,
  ]);
  try {
    const response = await fetch(url, {
      method,
      headers: plain,
      redirect: 'manual',
      signal: AbortSignal.timeout(MINUTES),
      ...(sent === undefined ? {} : { body: sent }),
    });
    const endless = new UserError(`${new URL(url).host} answers without end`, 'Is there a proxy in between?');
    const body = response.body ? await textOf(response.body, LARGEST_ANSWER, endless) : '';
    return { status: response.status, headers: response.headers, body };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.name) : 'unknown';
    throw new UserError(`${new URL(url).host} does not answer (${reason})`, 'Check the connection and try again.');
  }
}
