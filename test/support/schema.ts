import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { PROJECT_ROOT } from '../../tools/adapters/project.ts';

/** What a JSON text breaks of tools/report/schemas/<name>.json; empty when it keeps to it. */
export function schemaErrors(name: string, json: string): readonly string[] {
  const schema: object = JSON.parse(readFileSync(join(PROJECT_ROOT, `tools/report/schemas/${name}.json`), 'utf8'));
  const validate = new Ajv({ allErrors: true, strict: true }).compile(schema);
  validate(JSON.parse(json));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
