import type { Driver } from './iokit/driver.ts';
import type { OsSide } from './os-side.ts';
import type { System } from './system.ts';
import type { Terminal } from './terminal.ts';

/** All that `tools/ports` may ask of the machine. */
export interface Surroundings {
  readonly system: System;
  readonly driver: Driver;
  readonly os: OsSide;
  readonly terminal: Terminal;
}
