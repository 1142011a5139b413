import { type RegistryEntry, walkRegistry } from '../../model/host/registry.ts';

/** What a USB device is told apart by, as an Info.plist spells it. */
const NUMBERS = ['idVendor', 'idProduct', 'bcdDevice', 'bDeviceClass', 'bDeviceSubClass', 'bDeviceProtocol'];

/**
 * What to say of the USB devices at `location` that no dext drives, neither them nor one of their interfaces. Nothing when there is none.
 * macOS says nothing either way.
 */
export function undriven(registry: RegistryEntry, location: string): readonly string[] {
  return [...walkRegistry(registry)]
    .filter((entry) => entry.class === 'IOUSBHostDevice' && entry.location === location)
    .filter((entry) => ![...walkRegistry(entry)].some(({ properties }) => properties.IOUserClass !== undefined))
    .flatMap(({ properties }) => [
      `No dext drives it: ${NUMBERS.map((key) => `${key} ${properties[key] ?? '?'}`).join(', ')}.`,
      "Either no personality matches these numbers, written as <integer> and in one of the combinations of Apple's QA1076,",
      'or one did and its dext did not start: then tools/host log says why.',
    ]);
}
