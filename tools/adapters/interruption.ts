// interruption.ts — Ctrl-C in, an orderly end out: whoever changes the machine gets to take back what it changed.

import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, UserError } from '../model/user-error.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class Interruption {
  #asked: AbortController | undefined;

  /**
   * While `work` goes on, the first signal aborts what it is given and every `wait`, and the second ends the process at once. Work
   * that fails behind a signal was interrupted: programs on the same terminal got the signal as well, and failed of it.
   */
  async during<T>(work: (interrupted: AbortSignal) => Promise<T>): Promise<T> {
    const asked = new AbortController();
    const onSignal = () => {
      if (asked.signal.aborted) process.exit(EXIT.interrupted);
      asked.abort(new UserError('Interrupted', 'Run it again when you like.', EXIT.interrupted));
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
    this.#asked = asked;
    try {
      const result = await work(asked.signal);
      asked.signal.throwIfAborted(); // also when it was at its last step: nobody sends a signal twice
      return result;
    } catch (error) {
      throw asked.signal.aborted ? asked.signal.reason : error;
    } finally {
      this.#asked = undefined;
      for (const signal of SIGNALS) process.off(signal, onSignal);
    }
  }

  async wait(milliseconds: number): Promise<void> {
    const signal = this.#asked?.signal;
    await sleep(milliseconds, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
  }
}
