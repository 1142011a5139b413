import { EXIT, UserError } from '../../report/user-error.ts';

/** `tools/provision verify BUNDLE|PROFILE…`: every reason macOS would refuse it, found from files. */
export async function verify(args: readonly string[]): Promise<number> {
  throw new UserError(`cannot verify ${args.join(', ') || 'nothing'} yet`, 'The readers come first.', EXIT.unusable);
}
