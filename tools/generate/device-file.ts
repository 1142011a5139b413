import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { EXIT, UserError } from '../model/user-error.ts';

interface Fact<T> {
  readonly value: T;
  readonly source: string;
}

/** How a function may carry its frames; each one's own interfaces say how it does. */
export type DeviceFraming = 'ecm' | 'ncm';

interface Party {
  readonly id: string;
  readonly name: string;
  readonly source: string;
}

/** firmware-info/<folder>/device.json, as firmware-info/schema.json has it. */
export interface DeviceFile {
  readonly vendor: Party;
  readonly model: Party;
  readonly forTests?: Fact<true>;
  readonly framings: Fact<readonly DeviceFraming[]>;
  readonly configuration: Fact<number>;
  readonly ports: Fact<readonly { readonly number: number; readonly label: string }[]>;
  readonly limits: { readonly maxBlockBytes?: Fact<number>; readonly maxFrameBytes: Fact<number> };
  readonly quirks: Readonly<Record<string, Fact<number | true>>>;
}

/** A device file and the folder it lies in, which is its name. */
export interface NamedDevice {
  readonly folder: string;
  readonly file: DeviceFile;
}

/** Reads and checks every device file below `firmwareInfo`, in the order of their folders. Throws UserError. */
export function readDeviceFiles(firmwareInfo: string): NamedDevice[] {
  const validate = compileSchema(readFileSync(join(firmwareInfo, 'schema.json'), 'utf8'));
  const folders = readdirSync(firmwareInfo, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const devices = folders
    .map(({ name: folder }) => folder)
    .sort()
    .map((folder) => {
      const path = join(firmwareInfo, folder, 'device.json');
      return {
        folder,
        file: parseDeviceFile(readFileSync(path, 'utf8'), `firmware-info/${folder}/device.json`, validate),
      };
    });
  refuseTwins(devices);
  return devices;
}

/** Those a release is for. */
export const released = (devices: readonly NamedDevice[]): readonly NamedDevice[] =>
  devices.filter(({ file }) => file.forTests === undefined);

const compiled = new Map<string, ValidateFunction<DeviceFile>>();

/** Compiling takes longer than everything else here, so each text is compiled once. */
export function compileSchema(text: string): ValidateFunction<DeviceFile> {
  const known = compiled.get(text);
  if (known) return known;
  const options = { allErrors: true, strict: true, strictTypes: false, strictRequired: false };
  const validate = new Ajv2020(options).compile<DeviceFile>(JSON.parse(text));
  compiled.set(text, validate);
  return validate;
}

/** One device file's text in; `path` is what errors call it. */
export function parseDeviceFile(text: string, path: string, validate: ValidateFunction<DeviceFile>): DeviceFile {
  const file = parseJson(text, path);
  if (!validate(file)) {
    const wrong = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
    throw unusable(
      `${path}: ${[...new Set(wrong)].join('; ')}`,
      'firmware-info/schema.json says what each key may hold.',
    );
  }
  const numbers = file.ports.value.map(({ number }) => number);
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
  if (twice !== undefined)
    throw unusable(`${path}: /ports: two ports have the number ${twice}`, 'Number them as the case does.');
  return file;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(`${path} is not JSON: ${(error as Error).message}`, 'Mend it at that place.');
  }
}

/** Two files for one device would make it a matter of luck which one counts. */
export function refuseTwins(devices: readonly NamedDevice[]): void {
  const seen = new Map<string, string>();
  for (const { folder, file } of devices) {
    const ids = `${file.vendor.id}:${file.model.id}`;
    const first = seen.get(ids);
    if (first !== undefined)
      throw unusable(`firmware-info/${first} and firmware-info/${folder} both describe ${ids}`, 'Keep one of them.');
    seen.set(ids, folder);
  }
}

const unusable = (message: string, fix: string) => new UserError(message, fix, EXIT.unusable);
