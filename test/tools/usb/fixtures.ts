// fixtures.ts — the dumps in test/fixtures/descriptors, by folder and name.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dump } from '../../../tools/model/usb/dump.ts';
import { recognise } from '../../../tools/model/usb/text/recognise.ts';

const FOLDER = new URL('../../fixtures/descriptors/', import.meta.url).pathname;

export const fixturePath = (name: string) => join(FOLDER, name);
export const fixtureNames = (folder: string, ending: string) =>
  readdirSync(join(FOLDER, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`);
export const fixtureBytes = (name: string) => new Uint8Array(readFileSync(join(FOLDER, name)));

/** The one dump a fixture holds. */
export function fixtureDump(name: string): Dump {
  const [dump, ...others] = recognise(fixtureBytes(name), name);
  if (!dump || others.length > 0) throw new Error(`${name} holds ${others.length + (dump ? 1 : 0)} devices`);
  return dump;
}
