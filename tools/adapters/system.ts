// system.ts — everything a tool may ask of the machine, as one object that is passed in.
//
// Commands make the real one (realSystem in system-here.ts) and hand it down; tests hand down a recorded one. Nothing
// behind a command reads a clock, the environment or a file, starts a program or opens a connection in another way.

import type { KeyObject } from 'node:crypto';
import type { Secret } from '../model/secret.ts';
import type { FileTree } from '../model/signing/byte-source.ts';
import type { Certificate } from '../model/signing/certificate.ts';

/** What a program did. It may have failed: who ran it decides what an exit code means. */
export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecuteOptions {
  /** Goes to the program's standard input. The only way a secret reaches another program: never by its arguments. */
  readonly input?: string | Secret;
  /** Milliseconds until the program is ended; exit code 124 then. */
  readonly timeout?: number;
  /** Gets each line of standard output as soon as it is there: for programs that wait for people. */
  readonly onLine?: (line: string) => void;
}

/** Exit code of a program that was ended because its time was up, as timeout(1) has it. */
export const TIMED_OUT = 124;

/** Runs one program by its name and arguments, without a shell. Throws UserError when it cannot be started. */
export type Execute = (program: string, args: readonly string[], options?: ExecuteOptions) => Promise<Ran>;

export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Permission bits, as in chmod. */
  readonly mode: number;
  readonly size: number;
}

/** Files by absolute path. What is absent is `undefined` or an empty list; everything else that fails throws. */
export interface Files {
  read(path: string): Promise<Uint8Array | undefined>;
  readText(path: string): Promise<string | undefined>;
  /** Writes the whole file or nothing, with its folders; `mode` is 0o644 unless told, and is set before there is content. */
  write(path: string, content: string | Uint8Array | Secret, mode?: number): Promise<void>;
  facts(path: string): Promise<FileFacts | undefined>;
  /** A folder as the readers of bundles see it. Throws when there is none. */
  tree(folder: string): FileTree;
  /** Names in a folder, sorted. */
  list(folder: string): Promise<readonly string[]>;
  /** Copies a file or a folder with everything in it; links stay links, modes are kept. */
  copy(from: string, to: string): Promise<void>;
  move(from: string, to: string): Promise<void>;
  /** Removes a file or a folder with everything in it; fine when there is none. */
  remove(path: string): Promise<void>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string | Secret>>;
  readonly body?: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface System {
  readonly platform: NodeJS.Platform;
  readonly now: () => Date;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The user's own folder, and the folder relative paths are meant from. */
  readonly home: string;
  readonly workingDirectory: string;
  readonly execute: Execute;
  readonly files: Files;
  /** One request; redirections are not followed. Throws UserError when nobody answers. */
  readonly http: (request: HttpRequest) => Promise<HttpResponse>;
  /** All of standard input. */
  readonly input: () => Promise<string>;
  /** What every signature of Apple has to end in; roots of our own in tests. */
  readonly trustedRoots: readonly Certificate[];
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Does work that Ctrl-C must not cut in the middle: it looks at the signal, `wait` does so for it, and what it throws then is UserError. */
  readonly interruptible: <T>(work: (interrupted: AbortSignal) => Promise<T>) => Promise<T>;
  /** A new private key. */
  readonly makeRsaKey: (bits: number) => KeyObject;
  /** Results go to `out`, words for people to `err`; one line or several, without the last newline. */
  readonly out: (text: string) => void;
  /** What fits in a line of `out`; no end in a pipe. */
  readonly columns: number;
  readonly err: (text: string) => void;
  /** Whether a person sits at a terminal: progress may move then. */
  readonly interactive: boolean;
}
