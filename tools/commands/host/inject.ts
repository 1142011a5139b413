import { EXIT, UserError } from '../../model/user-error.ts';
import { oneOf, wholeNumber } from '../arguments/values.ts';
import { parseOptions, withHost } from './options.ts';

const FAULTS = [
  ...(['stall', 'stall-in', 'stall-notification', 'stall-control'] as const),
  ...(['damage', 'short', 'silent', 'none'] as const),
];

const USAGE = `inject DEVICE PORT (--fault FAULT [--count N] | --link up|down | --megabits N)

  --fault FAULT    ${FAULTS.join(', ')} (all is well again)
  --count N        how often (1)
  --link up|down   plug the port's cable in or pull it
  --megabits N     the speed the port's link comes up with`;

/** Makes one port of a simulated adapter misbehave, or changes its link. */
export async function inject(args: readonly string[]): Promise<number> {
  const wishable = {
    fault: { type: 'string' },
    count: { type: 'string' },
    link: { type: 'string' },
    megabits: { type: 'string' },
  } as const;
  const options = parseOptions(args, USAGE, wishable, 2);
  if (!options) return EXIT.fine;
  const [device = '', port = ''] = options.positionals;
  const { fault, count, link, megabits } = options.values;
  const wishes = [fault, link, megabits].filter((wish) => wish !== undefined);
  if (wishes.length !== 1) {
    throw new UserError('inject takes DEVICE, PORT and one wish', 'Try tools/host inject --help.', EXIT.unusable);
  }
  const parameters = {
    device: wholeNumber('DEVICE', device, 1, 0xffff_ffff),
    port: wholeNumber('PORT', port, 1, 7),
    ...(fault !== undefined && { fault: oneOf('--fault', fault, FAULTS) }),
    ...(count !== undefined && { count: wholeNumber('--count', count, 1, 1_000_000) }),
    ...(link !== undefined && { link: oneOf('--link', link, ['up', 'down']) === 'up' }),
    ...(megabits !== undefined && { megabits: wholeNumber('--megabits', megabits, 10, 100_000) }),
  };
  await withHost(options.stateFolder, (control) => control.request('inject', parameters));
  return EXIT.fine;
}
