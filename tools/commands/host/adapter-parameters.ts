import type { Cable, FunctionFraming } from '../../model/host/answers.ts';
import { parseCable } from '../../model/host/cable.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { oneOf, wholeNumber } from '../arguments/values.ts';

/** Options that say what a simulated adapter is like; `plug` and `export` take the same. */
export const ADAPTER_OPTIONS = {
  ports: { type: 'string' },
  framing: { type: 'string' },
  speed: { type: 'string' },
  serial: { type: 'string' },
  megabits: { type: 'string' },
  segment: { type: 'string' },
  location: { type: 'string' },
  cable: { type: 'string', multiple: true },
} as const;

export const ADAPTER_USAGE = `  --ports N            1 to 7 ports (4)
  --framing LIST       ncm (the default) or ecm; of several, with commas, one for each port, the last for those behind it
  --speed high|super   USB 2.0 or USB 3 (super)
  --serial TEXT        the adapter's serial number
  --megabits N         link speed of every port (1000)
  --segment BYTES      the largest frame the adapter takes
  --location TEXT      which socket of the machine it is plugged into
  --cable PORT=CABLE   where a port's cable leads: station (answers ARP and ping; the default), none, port:N, or
                       tap:NAME@NETNS (a new TAP in a namespace given as a path)`;

interface AdapterValues {
  readonly ports?: string | undefined;
  readonly framing?: string | undefined;
  readonly speed?: string | undefined;
  readonly serial?: string | undefined;
  readonly megabits?: string | undefined;
  readonly segment?: string | undefined;
  readonly location?: string | undefined;
  readonly cable?: readonly string[] | undefined;
}

/** The options' texts in; the parameters of the requests `plug` and `export` out. A UserError names what is wrong. */
export function adapterParameters(values: AdapterValues): Record<string, unknown> {
  const ports = wholeNumber('--ports', values.ports ?? '4', 1, 7);
  return {
    ports,
    ...(values.framing !== undefined && { framings: framingsOf(ports, values.framing) }),
    speed: oneOf('--speed', values.speed ?? 'super', ['high', 'super']),
    ...(values.serial !== undefined && { serial: values.serial }),
    ...(values.location !== undefined && { location: values.location }),
    ...(values.megabits !== undefined && { megabits: wholeNumber('--megabits', values.megabits, 10, 100_000) }),
    ...(values.segment !== undefined && { segmentSize: wholeNumber('--segment', values.segment, 1514, 65_535) }),
    cables: cablesOf(ports, values.cable ?? []),
  };
}

function framingsOf(ports: number, text: string): FunctionFraming[] {
  const named = text.split(',').map((word) => oneOf<FunctionFraming>('--framing', word, ['ncm', 'ecm']));
  if (named.length > ports) {
    throw new UserError(`--framing ${text}: more framings than the ${ports} ports`, 'Try --help.', EXIT.unusable);
  }
  return Array.from({ length: ports }, (_, port) => named[port] ?? named.at(-1) ?? 'ncm');
}

function cablesOf(ports: number, texts: readonly string[]): Cable[] {
  const cables = Array.from({ length: ports }, (): Cable => 'station');
  for (const text of texts) {
    const { port, cable } = parseCable(text, ports);
    cables[port - 1] = cable;
  }
  return cables;
}
