import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { DRIVEN_FRAMINGS } from '../../../tools/checks/usb/verdict.ts';
import { readDeviceFiles } from '../../../tools/generate/device-file.ts';
import { type NetworkFunction, networkFunctions } from '../../../tools/model/usb/functions.ts';
import { readTree } from '../../../tools/model/usb/tree.ts';
import { hexBytes, meanings, readVectors } from '../../support/vectors.ts';

const FILES = readdirSync(join(PROJECT_ROOT, 'test/wire')).filter((name) => name.endsWith('.vectors'));
const DEVICE = hexBytes('1201 0002 ef 02 01 40 0912 0100 0001 01 02 03 01'); // readTree wants one in front

/** The functions of a configuration that have both pipes, in the words of functions.vectors. */
const functionsIn = (configuration: Uint8Array) =>
  readTree(Uint8Array.from([...DEVICE, ...configuration]))
    .configurations.flatMap(networkFunctions)
    .filter(({ framing, bulkIn, bulkOut }) => DRIVEN_FRAMINGS.includes(framing) && bulkIn && bulkOut)
    .map(textOf);

const textOf = ({ framing, control, dataInterface, bulkIn, bulkOut, macString }: NetworkFunction) =>
  `${framing.toLowerCase()} control ${control.interface} data ${dataInterface} in ${pipe(bulkIn)} out ${pipe(bulkOut)} mac ${macString ?? 0}`;
const pipe = (endpoint: NetworkFunction['bulkIn']) =>
  `${(endpoint?.address ?? 0).toString(16).padStart(2, '0')}/${endpoint?.maxPacketSize}`;

/** Functions whose endpoints are theirs alone: a host drops an address it knows already, and with it the later function. */
function portsIn(configuration: Uint8Array): number {
  const taken = new Set<number>();
  return readTree(Uint8Array.from([...DEVICE, ...configuration]))
    .configurations.flatMap(networkFunctions)
    .filter(({ framing, bulkIn, bulkOut, notification }) => {
      const own = [bulkIn, bulkOut, notification].map((endpoint) => endpoint?.address ?? 0);
      const isPort = DRIVEN_FRAMINGS.includes(framing) && own.every((address) => address !== 0 && !taken.has(address));
      for (const address of own) taken.add(address);
      return isPort;
    }).length;
}

/** The same of what a vector says of a function. */
const shortened = (text: string) =>
  text.replace(/^(\w+ control \d+ data \d+)\.\d+ idle \w+ (in \S+ out \S+) notification \S+ (mac \d+) .*$/, '$1 $2 $3');

describe('wire vectors', () => {
  it.each(FILES)('%s: each vector has a name of its own and says what it means', (file) => {
    const vectors = readVectors(`test/wire/${file}`);
    expect(vectors.length).toBeGreaterThan(10);
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    for (const { name, meaning } of vectors) expect(meaning.length, name).toBeGreaterThan(0);
  });

  it.each(readVectors('test/wire/functions.vectors').filter(({ name }) => !name.startsWith('hostile')))(
    'the tools find the functions the driver finds: $name',
    (vector) => {
      expect(functionsIn(vector.bytes)).toEqual(meanings(vector, 'function').map(shortened));
    },
  );

  it.each(readVectors('firmware-info/linux-gadget/descriptors.hex'))(
    'a device file’s own descriptors have the ports they say: $name',
    (vector) => {
      expect(portsIn(vector.bytes)).toBe(Number(meanings(vector, 'ports')[0]));
      const named = readDeviceFiles(join(PROJECT_ROOT, 'firmware-info')).find(
        ({ folder }) => folder === 'linux-gadget',
      );
      for (const text of functionsIn(vector.bytes)) expect(named?.file.framings.value).toContain(text.split(' ')[0]);
    },
  );
});
