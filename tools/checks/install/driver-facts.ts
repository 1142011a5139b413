// driver-facts.ts — what macOS knows of our driver at one moment: the input of every check in this folder.

import type { InterfaceConfiguration } from '../../model/apple/interface-configuration.ts';
import type { DextService } from '../../model/apple/registry.ts';
import type { Connection, RunningDext } from '../../model/apple/running-processes.ts';
import type { SystemExtension } from '../../model/apple/system-extension.ts';

/** A version sysextd has on file, with what only its database tells. */
export interface KnownVersion extends SystemExtension {
  readonly uniqueId: string | undefined;
  readonly cdhashes: readonly string[];
}

/** A program that has the driver's user client open. */
export interface Client {
  readonly pid: number;
  readonly name: string;
}

export interface DriverFacts {
  /** Every version of our dext, newest first. */
  readonly versions: readonly KnownVersion[];
  /** How many of our adapters are plugged in. */
  readonly adapters: number;
  /** Our controllers and Ethernet instances. */
  readonly services: readonly DextService[];
  readonly processes: readonly RunningDext[];
  /** The OS interfaces of our ports. */
  readonly interfaces: readonly InterfaceConfiguration[];
  /** What System Settings calls them, by OS interface. */
  readonly labels: ReadonlyMap<string, string>;
  readonly clients: readonly Client[];
  /** Connections of all interfaces, as far as they can be seen. */
  readonly connections: readonly Connection[];
}

/** What is about to be installed. */
export interface BuiltDriver {
  readonly identifier: string;
  readonly short: string;
  readonly build: string;
  /** One for each architecture; none when it is not signed. */
  readonly cdhashes: readonly string[];
}
