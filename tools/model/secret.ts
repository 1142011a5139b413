import { inspect } from 'node:util';

const STARS = '***';

/**
 * A password, a key or a token. It prints as stars wherever it is printed: in a template, in JSON, in an inspected object,
 * in an error. Only `reveal` gives the text, and only adapters call it, as late as they can.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return STARS;
  }

  toJSON(): string {
    return STARS;
  }

  [inspect.custom](): string {
    return STARS;
  }
}

/** The text with every secret in it replaced by stars: for what another program printed, which may repeat its input. */
export function withoutSecrets(text: string, secrets: readonly Secret[]): string {
  return secrets.reduce(
    (clean, secret) => (secret.reveal() === '' ? clean : clean.replaceAll(secret.reveal(), STARS)),
    text,
  );
}
