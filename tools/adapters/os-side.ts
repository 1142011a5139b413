// os-side.ts — the ports as the OS sees them: its interfaces, their addresses, and where programs must run to use them.

import type { InterfaceConfiguration } from '../model/apple/interface-configuration.ts';
import type { Ready } from '../model/host/answers.ts';
import { parseIpAddress } from '../model/host/ip-address.ts';
import { interfaces as interfacesOfMac } from './apple/system-extensions.ts';
import { Control } from './host/control.ts';
import { defaultStateFolder, inNamespace } from './host/daemon.ts';
import type { System } from './system.ts';

export interface OsSide {
  interfaces(): Promise<readonly InterfaceConfiguration[]>;
  /** The program and arguments that run a command where the interfaces are. */
  inPlace(command: readonly string[]): Promise<readonly string[]>;
}

export const osSide = (system: System): OsSide => (system.platform === 'darwin' ? onMac(system) : onHost(system));

const onMac = (system: System): OsSide => ({
  interfaces: () => interfacesOfMac(system),
  inPlace: async (command) => command,
});

/** The interfaces are in a namespace of the host's; it is asked once where that is. */
function onHost(system: System): OsSide {
  let place: Promise<Pick<Ready, 'pid' | 'netns'>> | undefined;
  const inPlace = async (command: readonly string[]) => {
    place ??= whereTheHostIs(system);
    return inNamespace(await place, command);
  };
  return {
    inPlace,
    interfaces: async () => {
      const [program = '', ...args] = await inPlace(['ip', '-json', 'address', 'show']);
      const { exitCode, stdout } = await system.execute(program, args);
      return exitCode === 0 ? parseIpAddress(stdout) : [];
    },
  };
}

async function whereTheHostIs(system: System): Promise<Pick<Ready, 'pid' | 'netns'>> {
  const control = await Control.open(defaultStateFolder(system.environment));
  try {
    return await control.request<Pick<Ready, 'pid' | 'netns'>>('host');
  } finally {
    control.close();
  }
}
