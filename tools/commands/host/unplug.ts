import { EXIT, UserError } from '../../model/user-error.ts';
import { wholeNumber } from '../arguments/values.ts';
import { parseOptions, withHost } from './options.ts';

const USAGE = `unplug DEVICE | --all

  DEVICE   the adapter's number, as plug and list print it`;

/** Pulls an adapter out, however busy it is. */
export async function unplug(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, USAGE, { all: { type: 'boolean' } }, 1);
  if (!options) return EXIT.fine;
  const [device, more] = options.positionals;
  if (more !== undefined || (device === undefined) === !options.values.all) {
    throw new UserError('Which adapter?', 'Give its number, or --all.', EXIT.unusable);
  }
  const which = device === undefined ? { all: true } : { device: wholeNumber('DEVICE', device, 1, 0xffff_ffff) };
  await withHost(options.stateFolder, (control) => control.request('unplug', which));
  return EXIT.fine;
}
