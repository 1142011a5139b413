import { execa } from 'execa';
import type { HostInterface, Ready } from '../../model/host/answers.ts';
import { inNamespace } from './daemon.ts';

type Place = Pick<Ready, 'pid' | 'netns'>;

/** The addresses at the two ends of a port's cable: the interface's, and the station's at the far end. */
export const addressesOf = (port: number) => ({ near: `10.77.${port}.1`, far: `10.77.${port}.2` });

/** Gives an interface its address and sets it up. */
export async function configureInterface(
  place: Place,
  { name, port }: Pick<HostInterface, 'name' | 'port'>,
): Promise<void> {
  await runIn(place, ['ip', 'address', 'replace', `${addressesOf(port).near}/24`, 'dev', name]);
  await runIn(place, ['ip', 'link', 'set', name, 'up']);
}

/** Pings the station of a port `count` times; milliseconds of the fastest answer, undefined when not all came back, or `signal` ended it. */
export async function pingStation(
  place: Place,
  { name, port }: Pick<HostInterface, 'name' | 'port'>,
  count: number,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const options = ['-c', String(count), '-i', '0.2', '-W', '2', '-I', name];
  const [program, ...args] = inNamespace(place, ['ping', ...options, addressesOf(port).far]);
  const { stdout = '', exitCode } = await execa(program, args, {
    reject: false,
    ...(signal && { cancelSignal: signal }),
  });
  const [, fastest] = /= ([\d.]+)\//.exec(stdout) ?? [];
  return exitCode === 0 && stdout.includes(` ${count} received`) && fastest ? Number(fastest) : undefined;
}

async function runIn(place: Place, command: readonly string[]): Promise<void> {
  const [program, ...args] = inNamespace(place, command);
  await execa(program, args);
}
