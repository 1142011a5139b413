// fwupd.ts — a device emulation recorded by fwupd (its JSON) in, dumps out. Descriptors stand in it as base64.

import { bytesDump, type Dump, knownPart } from '../dump.ts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined when the JSON is not fwupd's. */
export function readFwupd(value: unknown, name: string): Dump[] | undefined {
  const devices = isObject(value) && Array.isArray(value.UsbDevices) ? value.UsbDevices.filter(isObject) : [];
  const dumps = devices.flatMap((device) => toDump(device, name));
  return dumps.length > 0 ? dumps : undefined;
}

/** `UsbEvents` holds every request with its answer; the descriptor set is the data that starts like one. */
function toDump(device: Json, name: string): Dump[] {
  const events = [device.UsbEvents, device.Events].filter(Array.isArray).flat().filter(isObject);
  const data = events.flatMap(({ Data }) =>
    typeof Data === 'string' ? [new Uint8Array(Buffer.from(Data, 'base64'))] : [],
  );
  const set = data
    .filter((bytes) => bytes[0] === 18 && bytes[1] === 1)
    .sort((one, other) => other.length - one.length)[0];
  if (!set) return [];
  const bos = data.find((bytes) => bytes[0] === 5 && bytes[1] === 0x0f && bytes.length > 5);
  return [{ ...bytesDump('fwupd JSON', name, set), ...(bos && { bos: knownPart(bos) }) }];
}
