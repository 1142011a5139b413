// system-extensions.ts — what sysextd and the kernel know of dexts, and which OS interfaces came of it.

import {
  DATABASE_PATH,
  type ExtensionsDatabase,
  parseExtensionsDatabase,
} from '../../model/apple/extensions-database.ts';
import {
  type HardwarePort,
  type InterfaceConfiguration,
  parseHardwarePorts,
  parseIfconfig,
} from '../../model/apple/interface-configuration.ts';
import { parseRegistry, type RegistryEntry } from '../../model/apple/registry.ts';
import {
  type Connection,
  parseConnections,
  parseRunningDexts,
  type RunningDext,
} from '../../model/apple/running-processes.ts';
import { type ExtensionsList, parseSystemExtensionsList } from '../../model/apple/system-extensions-list.ts';
import type { System } from '../system.ts';
import { outputOf, requireMac, runOnMac } from './mac-only.ts';

const WHAT = 'Looking for system extensions';

export async function listExtensions(system: System): Promise<ExtensionsList> {
  return parseSystemExtensionsList(
    outputOf(await runOnMac(system, 'systemextensionsctl', ['list'], WHAT), 'systemextensionsctl list'),
  );
}

/** The file knows more than the list, and Apple may take it away: undefined when it is not there. */
export async function extensionsDatabase(system: System): Promise<ExtensionsDatabase | undefined> {
  requireMac(system, WHAT);
  const bytes = await system.files.read(DATABASE_PATH);
  return bytes === undefined ? undefined : parseExtensionsDatabase(bytes);
}

/** Every service of a class with all below it; the IOService plane, since IOUSB hides drivers. */
export async function services(system: System, className: string): Promise<readonly RegistryEntry[]> {
  const ran = await runOnMac(system, 'ioreg', ['-a', '-l', '-r', '-c', className], 'Reading the I/O registry');
  return parseRegistry(outputOf(ran, 'ioreg'));
}

export async function interfaces(system: System): Promise<readonly InterfaceConfiguration[]> {
  return parseIfconfig(
    outputOf(await runOnMac(system, 'ifconfig', ['-a'], 'Reading OS interfaces of macOS'), 'ifconfig'),
  );
}

/** The names System Settings shows. */
export async function hardwarePorts(system: System): Promise<readonly HardwarePort[]> {
  const ran = await runOnMac(system, 'networksetup', ['-listallhardwareports'], 'Reading OS interfaces of macOS');
  return parseHardwarePorts(outputOf(ran, 'networksetup'));
}

/** The dext processes that run, by the folder each was staged in. */
export async function runningDexts(system: System): Promise<readonly RunningDext[]> {
  return parseRunningDexts(
    outputOf(await runOnMac(system, 'ps', ['-axo', 'pid=,comm='], 'Listing processes of macOS'), 'ps'),
  );
}

/** Connections of all programs we may see: everybody's for root, our own otherwise. lsof ends with 1 when there are none. */
export async function connections(system: System): Promise<readonly Connection[]> {
  return parseConnections(
    (await runOnMac(system, 'lsof', ['-nP', '-i', '-F', 'pcn'], 'Listing connections of macOS')).stdout,
  );
}
