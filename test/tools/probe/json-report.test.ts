import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { recognise } from '../../../tools/model/usb/text/recognise.ts';
import { inspect } from '../../../tools/report/probe/device-report.ts';
import { jsonReport } from '../../../tools/report/probe/json-report.ts';
import { fixtureBytes, fixtureNames } from '../usb/fixtures.ts';

const schema = readFileSync(join(PROJECT_ROOT, 'tools/report/probe/json-schema.json'), 'utf8');
const validate = new Ajv2020({ allErrors: true, strictTypes: false }).compile(JSON.parse(schema));

const every = ['gadgets', 'ethernet', 'hostile', 'forms'].flatMap((folder) => fixtureNames(folder, ''));

it.each(every)('prints %s as its schema says', (name) => {
  const report = jsonReport(recognise(fixtureBytes(name), name).map(inspect));
  validate(JSON.parse(JSON.stringify(report)));
  expect(validate.errors ?? []).toEqual([]);
});
