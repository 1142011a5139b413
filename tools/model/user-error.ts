/** How a command ends: 0 fine, 1 the user can fix it, 2 unusable input, 70 a bug of ours, 130 Ctrl-C as shells have it. */
export const EXIT = { fine: 0, fixable: 1, unusable: 2, bug: 70, interrupted: 130 } as const;

/**
 * The one class for what the user can fix or must know. Everything else that is thrown is a bug and shows its stack.
 * `fix` says what to do; `exitCode` is EXIT.fixable, or EXIT.unusable for input nobody can work with.
 */
export class UserError extends Error {
  readonly fix: string;
  readonly exitCode: number;

  constructor(message: string, fix: string, exitCode: number = EXIT.fixable) {
    super(message);
    this.name = 'UserError';
    this.fix = fix;
    this.exitCode = exitCode;
  }
}
