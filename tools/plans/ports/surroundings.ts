import type { Driver } from '../../adapters/iokit/driver.ts';
import type { OsSide } from '../../adapters/os-side.ts';
import type { System } from '../../adapters/system.ts';
import type { Terminal } from '../../adapters/terminal.ts';

/** All that `tools/ports` may ask of the machine. */
export interface Surroundings {
  readonly system: System;
  readonly driver: Driver;
  readonly os: OsSide;
  readonly terminal: Terminal;
}
