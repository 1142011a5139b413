import type { Cable } from '../../model/host/answers.ts';
import { parseCable } from '../../model/host/cable.ts';
import { EXIT } from '../../report/user-error.ts';
import { oneOf, parseOptions, wholeNumber, withHost } from './options.ts';

const USAGE = `plug [--ports N] [--speed high|super] [--serial TEXT] [--megabits N] [--segment BYTES] [--location TEXT] [--cable PORT=CABLE]…

  --ports N            1 to 7 ports (4)
  --speed high|super   USB 2.0 or USB 3 (super)
  --serial TEXT        the adapter's serial number
  --megabits N         link speed of every port (1000)
  --segment BYTES      the largest frame the adapter takes
  --location TEXT      which socket of the machine it is plugged into
  --cable PORT=CABLE   where a port's cable leads: station (answers ARP and ping; the default), none, port:N, or
                       tap:NAME@NETNS (a new TAP in a namespace given as a path)`;

/** Plugs a simulated adapter in and waits until everything it set off is done. */
export async function plug(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, USAGE, {
    ports: { type: 'string', default: '4' },
    speed: { type: 'string', default: 'super' },
    serial: { type: 'string' },
    megabits: { type: 'string' },
    segment: { type: 'string' },
    location: { type: 'string' },
    cable: { type: 'string', multiple: true },
  });
  if (!options) return EXIT.fine;
  const { values } = options;
  const ports = wholeNumber('--ports', values.ports, 1, 7);
  const parameters = {
    ports,
    speed: oneOf('--speed', values.speed, ['high', 'super']),
    ...(values.serial !== undefined && { serial: values.serial }),
    ...(values.location !== undefined && { location: values.location }),
    ...(values.megabits !== undefined && { megabits: wholeNumber('--megabits', values.megabits, 10, 100_000) }),
    ...(values.segment !== undefined && { segmentSize: wholeNumber('--segment', values.segment, 1514, 65_535) }),
    cables: cablesOf(ports, values.cable ?? []),
  };
  const plugged = await withHost(options.stateFolder, async (control) => {
    const answer = await control.request<{ device: number; location: string }>('plug', parameters);
    await control.request('quiet');
    return answer;
  });
  if (options.json) console.log(JSON.stringify(plugged));
  else console.error(`Adapter ${plugged.device} is plugged in at ${plugged.location}.`);
  return EXIT.fine;
}

function cablesOf(ports: number, texts: readonly string[]): Cable[] {
  const cables = Array.from({ length: ports }, (): Cable => 'station');
  for (const text of texts) {
    const { port, cable } = parseCable(text, ports);
    cables[port - 1] = cable;
  }
  return cables;
}
