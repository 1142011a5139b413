import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { UserError } from '../model/user-error.ts';

/** Bytes to a file or, for `-`, to standard output, no faster than they are taken. */
export interface OutputFile {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
  /** Aborted when nobody takes any more: a closed window, a full disk. */
  readonly broken: AbortSignal;
}

/** Throws a UserError when the file cannot be made, or when standard output is a terminal. */
export async function openOutput(path: string): Promise<OutputFile> {
  if (path !== '-') return outputTo(await fileAt(path), true);
  if (process.stdout.isTTY)
    throw new UserError(
      'A terminal cannot show a capture',
      'Give a file with -o, or pipe it: … -o - | wireshark -k -i -',
    );
  // Not process.stdout: a reader that goes away is no failure of everything else that writes there.
  return outputTo(createWriteStream('', { fd: 1, autoClose: false }), false);
}

async function fileAt(path: string): Promise<Writable> {
  const file = createWriteStream(path);
  try {
    await once(file, 'open');
  } catch (error) {
    throw new UserError(
      `${path} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      'Choose another place with -o.',
    );
  }
  return file;
}

function outputTo(stream: Writable, isOurs: boolean): OutputFile {
  const broken = new AbortController();
  stream.on('error', () => broken.abort());
  return {
    broken: broken.signal,
    write: async (bytes) => {
      if (broken.signal.aborted || stream.write(bytes)) return;
      await once(stream, 'drain', { signal: broken.signal }).catch(() => undefined);
    },
    close: async () => {
      if (!isOurs || broken.signal.aborted) return;
      stream.end();
      await once(stream, 'close');
    },
  };
}
