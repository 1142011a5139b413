/** Bytes that are not what their format says. `offset` counts from the start of the file, in bytes (in characters for XML). */
export class FormatError extends Error {
  readonly offset: number;

  constructor(offset: number, what: string) {
    super(`offset ${offset}: ${what}`);
    this.name = 'FormatError';
    this.offset = offset;
  }
}

/** What reading gave: a value, or where and why the bytes are unusable. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: FormatError };

/** Runs a reader; its FormatError becomes a value, so that hostile bytes never surface as an exception. */
export function parsed<T>(read: () => T): Parsed<T> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (error instanceof FormatError) return { ok: false, error };
    throw error;
  }
}
