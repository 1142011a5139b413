import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { compileSchema, parseDeviceFile, readDeviceFiles, refuseTwins } from '../../../tools/generate/device-file.ts';
import { UserError } from '../../../tools/model/user-error.ts';

const INFO = join(PROJECT_ROOT, 'firmware-info');
const validate = compileSchema(readFileSync(join(INFO, 'schema.json'), 'utf8'));
const simulated = JSON.parse(readFileSync(join(INFO, 'multiport-simulated', 'device.json'), 'utf8'));

/** The simulated adapter's file after `change`. */
const changed = (change: (file: typeof simulated) => void) => {
  const file = structuredClone(simulated);
  change(file);
  return JSON.stringify(file);
};
const parse = (text: string) => parseDeviceFile(text, 'x/device.json', validate);

describe('device files', () => {
  it('in the repository are sound and describe no device twice', () => {
    expect(readDeviceFiles(INFO).map(({ folder }) => folder)).toEqual(['linux-gadget', 'multiport-simulated']);
  });

  it('in the repository say which ids are no product of anybody', () => {
    const isNobodys = (vendor: number, product: number) =>
      vendor === 0x1d6b || (vendor === 0x1209 && product >= 0x0001 && product <= 0x0010);
    for (const { folder, file } of readDeviceFiles(INFO))
      expect(file.forTests !== undefined, folder).toBe(isNobodys(Number(file.vendor.id), Number(file.model.id)));
  });

  it.each<[string, (file: typeof simulated) => void, RegExp]>([
    ['a fact without its source', (file) => delete file.configuration.source, /\/configuration must have .*source/],
    ['a source that says nothing', (file) => (file.configuration.source = '?'), /\/configuration\/source/],
    ['an id in capitals', (file) => (file.vendor.id = '0x12AB'), /\/vendor\/id must match pattern/],
    ['an id as a number', (file) => (file.model.id = 1), /\/model\/id must be string/],
    ['a key nobody knows', (file) => (file.colour = 'red'), /must NOT have additional properties/],
    ['a quirk nobody knows', (file) => (file.quirks.odd = { value: true, source: 'seen somewhere' }), /\/quirks/],
    [
      'a quirk that is off',
      (file) => (file.quirks.only32Bit = { value: false, source: 'seen somewhere' }),
      /only32Bit/,
    ],
    ['no ports', (file) => (file.ports.value = []), /\/ports\/value must NOT have fewer/],
    [
      'nine ports',
      (file) => file.ports.value.push({ number: 8, label: 'a' }, { number: 9, label: 'b' }),
      /more than 8/,
    ],
    ['two ports of one number', (file) => (file.ports.value[1].number = 1), /two ports have the number 1/],
    ['a label with a line break', (file) => (file.ports.value[0].label = 'a\nb'), /label must match pattern/],
    [
      'blocks too short for NCM',
      (file) => (file.limits.maxBlockBytes.value = 2047),
      /maxBlockBytes\/value must be >= 2048/,
    ],
    ['no framing', (file) => (file.framings.value = []), /\/framings\/value must NOT have fewer/],
    ['a framing nobody knows', (file) => (file.framings.value = ['rndis']), /\/framings\/value\/0 must be equal/],
    ['NCM, but no limit of blocks', (file) => delete file.limits.maxBlockBytes, /\/limits must have .*maxBlockBytes/],
  ])('with %s are refused, and the key is named', (_, change, message) => {
    expect(() => parse(changed(change))).toThrow(message);
  });

  it('of ECM alone need no limit of blocks', () => {
    const ecm = changed((file) => {
      file.framings.value = ['ecm'];
      delete file.limits.maxBlockBytes;
    });
    expect(parse(ecm).framings.value).toEqual(['ecm']);
  });

  it('that are no JSON are refused with their path', () => {
    expect(() => parse('{')).toThrow(UserError);
    expect(() => parse('{')).toThrow(/x\/device\.json is not JSON/);
  });

  it('for the same ids are refused, and both are named', () => {
    const file = parse(JSON.stringify(simulated));
    expect(() =>
      refuseTwins([
        { folder: 'a', file },
        { folder: 'b', file },
      ]),
    ).toThrow(/firmware-info\/a and firmware-info\/b/);
  });
});
