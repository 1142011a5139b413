import type { RegistryEntry } from '../../model/host/registry.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { undriven } from '../../report/host/undriven.ts';
import { ADAPTER_OPTIONS, ADAPTER_USAGE, adapterParameters } from './adapter-parameters.ts';
import { parseOptions, withHost } from './options.ts';

const USAGE = `plug [--ports N] [--framing LIST] [--speed high|super] [--serial TEXT] [--megabits N] [--segment BYTES] [--location TEXT] [--cable PORT=CABLE]…
       tools/host plug usbip://HOST[:PORT]/BUSID
       tools/host plug usb:VID:PID[@BUS-PORT]

The first plugs a simulated adapter in, the second the device another machine exports (usbip list -r HOST shows them), the third one
that is plugged into this machine (lsusb shows them): the kernel's drivers give it up until it is unplugged here.

${ADAPTER_USAGE}`;

/** Plugs a simulated adapter or a real device in and waits until everything it set off is done. */
export async function plug(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, USAGE, ADAPTER_OPTIONS, 1);
  if (!options) return EXIT.fine;
  const { values, positionals } = options;
  const [device, more] = positionals;
  if (more !== undefined) throw new UserError(`${more}: one device at a time`, 'Try --help.', EXIT.unusable);
  const parameters = device === undefined ? adapterParameters(values) : deviceParameters(device, values);
  const { answer: plugged, words } = await withHost(options.stateFolder, async (control) => {
    const answer = await control.request<{ device: number; location: string }>('plug', parameters);
    await control.request('quiet');
    return { answer, words: undriven(await control.request<RegistryEntry>('registry'), answer.location) };
  });
  if (options.json) console.log(JSON.stringify(plugged));
  else console.error([`Adapter ${plugged.device} is plugged in at ${plugged.location}.`, ...words].join('\n'));
  return EXIT.fine;
}

function deviceParameters(device: string, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const [option] = Object.keys(ADAPTER_OPTIONS).filter((name) => values[name] !== undefined);
  if (option !== undefined) {
    throw new UserError(`--${option} is for simulated adapters`, `Leave it out: ${device} is as it is.`, EXIT.unusable);
  }
  if (device.startsWith('usbip://')) return { usbip: device };
  if (device.startsWith('usb:')) return { usb: device };
  throw new UserError(
    `${device} is no device`,
    'A device is usbip://HOST[:PORT]/BUSID or usb:VID:PID[@BUS-PORT].',
    EXIT.unusable,
  );
}
