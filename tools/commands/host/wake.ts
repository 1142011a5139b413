import { EXIT } from '../../model/user-error.ts';
import { parseOptions, withHost } from './options.ts';

const USAGE = `wake [--device-reset]

  --device-reset   the devices had no power meanwhile, and know nothing any more`;

/** The machine wakes; returns when everything that this set off is done. */
export async function wake(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, USAGE, { 'device-reset': { type: 'boolean' } });
  if (!options) return EXIT.fine;
  const deviceReset = options.values['device-reset'] ?? false;
  await withHost(options.stateFolder, async (control) => {
    await control.request('wake', { deviceReset });
    await control.request('quiet');
  });
  return EXIT.fine;
}
