import { EXIT } from '../../model/user-error.ts';
import { parseOptions, withHost } from './options.ts';

const USAGE = 'down';

/** Ends the host; returns when it is gone. */
export async function down(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, USAGE, {});
  if (!options) return EXIT.fine;
  await withHost(options.stateFolder, async (control) => {
    await control.request('down');
    await control.closed();
  });
  return EXIT.fine;
}
