import type { Command } from '../report/run-command.ts';
import { listOf, runSubcommand, type Subcommands } from './arguments/subcommands.ts';
import { build } from './host/build.ts';
import { down } from './host/down.ts';
import { exec } from './host/exec.ts';
import { exportAdapter } from './host/export.ts';
import { inject } from './host/inject.ts';
import { ioreg } from './host/ioreg.ts';
import { list } from './host/list.ts';
import { log } from './host/log.ts';
import { plug } from './host/plug.ts';
import { sleep } from './host/sleep.ts';
import { unplug } from './host/unplug.ts';
import { up } from './host/up.ts';
import { wake } from './host/wake.ts';

const SUBCOMMANDS: Subcommands = {
  up: { run: up, summary: 'start the DriverKit host with the driver (or with --bundle NAME.dext)' },
  build: { run: build, summary: 'build a dext of yours for the host' },
  plug: { run: plug, summary: 'plug a simulated adapter in, or a real device' },
  export: { run: exportAdapter, summary: 'offer a simulated adapter to other machines, over USB/IP' },
  unplug: { run: unplug, summary: 'pull an adapter out, or all of them' },
  list: { run: list, summary: 'the adapters, interfaces and dext processes that are there' },
  ioreg: { run: ioreg, summary: 'the registry, as ioreg prints it' },
  log: { run: log, summary: 'what host and driver logged' },
  exec: { run: exec, summary: 'run a program where the interfaces are' },
  inject: { run: inject, summary: 'make an adapter misbehave, or pull and plug the cable of a port' },
  sleep: { run: sleep, summary: 'put the machine to sleep, as macOS does' },
  wake: { run: wake, summary: 'wake it; with --device-reset, devices have lost their state' },
  down: { run: down, summary: 'end the host and everything it started' },
};

const HELP = `Usage: tools/host SUBCOMMAND [options]

${listOf(SUBCOMMANDS)}

Each takes --help, --json, and --state DIR: the folder of the host's socket (default: MULTIPORT_HOST_STATE, or a folder
of yours below XDG_RUNTIME_DIR or /tmp).`;

/** `tools/host SUBCOMMAND …`: the DriverKit host from the command line. */
export const host: Command = (args) => runSubcommand('tools/host', SUBCOMMANDS, HELP, args);
