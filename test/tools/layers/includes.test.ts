import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';

const APPLE =
  /^(DriverKit|USBDriverKit|NetworkingDriverKit)\/[A-Za-z]+\.(h|iig)$|^os\/log\.h$|^Block\.h$|^net\/ethernet\.h$/;
const FREESTANDING = /^[a-z_0-9]+(\.h)?$/; // <atomic>, <time.h>: no folder, no system interface

/** Headers iig makes, and the .iig files they are made from. The nub's is the contract between controller and port: the one thing a port sees of the other side. */
const CONTRACTS: Readonly<Record<string, readonly string[]>> = {
  controller: ['MultiportController.h', 'MultiportUserClient.h', 'PortNub.h'],
  port: ['PortEthernet.h', 'PortNub.h'],
};

/** What each folder of the driver may include, beside its own files. */
const RULES: Readonly<Record<string, (include: string) => boolean>> = {
  core: (include) => include.startsWith('core/') || FREESTANDING.test(include),
  generated: (include) => include.startsWith('core/'),
  controller: (include) => allowedInDext('controller', include),
  port: (include) => allowedInDext('port', include),
  // The library tools load has nothing of the daemon's or of a dext's in it.
  'host/client': (include) => !/^(host\/(?!base|client|wire)|core|controller|port|generated)\b/.test(include),
};

const allowedInDext = (folder: string, include: string) =>
  ['core/', 'generated/', `${folder}/`].some((start) => include.startsWith(start)) ||
  APPLE.test(include) ||
  FREESTANDING.test(include) ||
  CONTRACTS[folder]?.includes(include.replace(/\.iig$/, '.h')) === true;

interface Include {
  readonly file: string;
  readonly line: number;
  readonly include: string;
}

function includesOf(folder: string): Include[] {
  const top = join(PROJECT_ROOT, 'dext', folder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(h|cpp|iig)$/.test(path))
    .flatMap((path) => includesIn(`${folder}/${path}`, readFileSync(join(top, path), 'utf8')));
}

const includesIn = (file: string, text: string): Include[] =>
  text.split('\n').flatMap((content, index) => {
    const include = /^\s*#\s*(?:include|import)\s*[<"]([^>"]+)[>"]/.exec(content)?.[1];
    return include === undefined ? [] : [{ file, line: index + 1, include }];
  });

const offences = (folder: string, includes: readonly Include[]) =>
  includes
    .filter(({ include }) => !RULES[folder]?.(include))
    .map(({ file, line, include }) => `dext/${file}:${line} includes ${include}`);

describe('the arrows between the folders of the driver', () => {
  it.each(Object.keys(RULES))('%s includes only what may stand below it', (folder) => {
    expect(offences(folder, includesOf(folder))).toEqual([]);
  });

  it('are looked at: core alone has many includes', () => {
    expect(includesOf('core').length).toBeGreaterThan(30);
  });

  it.each([
    ['core', 'DriverKit/DriverKit.h'],
    ['core', 'controller/session.h'],
    ['core', 'sys/mman.h'],
    ['controller', 'port/packets.h'],
    ['controller', 'host/runtime/object.h'],
    ['controller', 'sys/socket.h'],
    ['port', 'controller/session.h'],
    ['port', 'MultiportController.h'],
    ['controller', 'PortEthernet.h'],
    ['port', 'host/sdk/DriverKit/IOService.h'],
    ['host/client', 'host/kernel/kernel.h'],
    ['host/client', 'core/bytes.h'],
  ])('refuse %s an include of %s', (folder, include) => {
    expect(offences(folder, includesIn(`${folder}/x.h`, `#include <${include}>`))).toHaveLength(1);
  });
});
