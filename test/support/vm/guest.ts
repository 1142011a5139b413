import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import type { GuestImage } from './image.ts';

export interface GuestOptions {
  /** Seconds after which the guest is stopped; far above what a test needs. */
  readonly limit?: number;
  /** A user-mode network: this machine's loopback servers are 10.0.2.2 for the guest. */
  readonly network?: boolean;
  readonly memory?: number;
  /** TCP ports of this machine's loopback interface that lead to a port of the guest; needs `network`. */
  readonly forward?: readonly { readonly from: number; readonly to: number }[];
  /** A Unix socket that somebody listens on; QEMU connects it to the guest's second serial port. */
  readonly agentSocket?: string;
}

export interface GuestResult {
  readonly exitCode: number;
  /** stdout and stderr of the command, as they came. */
  readonly output: string;
}

/**
 * Boots a guest, runs a bash script in it in the project's folder, and returns what it printed and its exit status. Every file of
 * this machine is there, read-only; what the guest writes is lost. Throws with the console's tail when the guest ends without a status.
 */
export async function runGuest(image: GuestImage, script: string, options: GuestOptions = {}): Promise<GuestResult> {
  const run = mkdtempSync(join(tmpdir(), 'multiport-guest-'));
  try {
    const { stdout, stderr, timedOut } = await startQemu(image, run, script, options);
    const status = readIfThere(join(run, 'exit'));
    if (status !== undefined) return { exitCode: Number(status), output: stdout };
    const reason = timedOut ? `gave no answer within ${options.limit ?? 300} s` : 'ended without a result';
    const console = (readIfThere(join(run, 'console')) ?? '').split('\n').slice(-30).join('\n');
    throw new Error(`The guest ${reason}.\n${stdout}\n${stderr}\nIts console:\n${console}`);
  } finally {
    rmSync(run, { recursive: true, force: true });
  }
}

/** QEMU with a guest that runs `script`; `run` is a folder it shares with the guest. */
export async function startQemu(image: GuestImage, run: string, script: string, options: GuestOptions) {
  writeFileSync(join(run, 'command'), `cd '${PROJECT_ROOT}' || exit 125\n${script}\n`);
  writeFileSync(join(run, 'project'), PROJECT_ROOT);
  if (options.network) writeFileSync(join(run, 'network'), '');
  const { stdout: tscKhz } = await execa(image.tscKhz);
  return execa('qemu-system-x86_64', qemuArguments(image, run, tscKhz, options), {
    timeout: (options.limit ?? 300) * 1000,
    killSignal: 'SIGKILL',
    reject: false,
    stdin: 'pipe', // never closed: at its end QEMU would close the guest's port, and the guest block for ever
    maxBuffer: 100_000_000,
  });
}

function qemuArguments(image: GuestImage, run: string, tscKhz: string, options: GuestOptions): string[] {
  const share = (id: string, path: string, more = '') => [
    ...['-fsdev', `local,id=${id},path=${path},security_model=none,multidevs=remap${more}`],
    ...['-device', `virtio-9p-device,fsdev=${id},mount_tag=${id}`],
  ];
  return [
    ...['-accel', 'tcg,thread=multi,tb-size=512'],
    // erms and fsrm: emulated byte by byte, they halve the network's throughput. smap and smep cost a little.
    ...['-cpu', 'max,-erms,-fsrm,-smap,-smep', '-smp', '2', '-m', String(options.memory ?? 1024)],
    ...['-M', 'microvm', '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ...['-kernel', image.kernel, '-initrd', image.initramfs, '-append', `${KERNEL_ARGUMENTS} tsc_early_khz=${tscKhz}`],
    ...['-serial', `file:${join(run, 'console')}`, '-device', 'isa-debug-exit,iobase=0x501,iosize=1'],
    ...[
      '-device',
      'virtio-serial-device',
      '-chardev',
      'stdio,id=out,signal=off',
      '-device',
      'virtserialport,chardev=out',
    ],
    ...share('machine', '/', ',readonly=on'),
    ...share('run', run),
    ...(options.network ? ['-netdev', userNetwork(options), '-device', 'virtio-net-device,netdev=net'] : []),
    ...(options.agentSocket === undefined ? [] : agentPort(options.agentSocket)),
  ];
}

const userNetwork = ({ forward = [] }: GuestOptions) =>
  ['user,id=net', ...forward.map(({ from, to }) => `hostfwd=tcp:127.0.0.1:${from}-:${to}`)].join(',');

const agentPort = (path: string) => [
  ...['-chardev', `socket,id=agent,path=${path},server=off`],
  ...['-device', 'virtserialport,chardev=agent'],
];

const KERNEL_ARGUMENTS =
  'console=ttyS0 quiet panic=-1 mitigations=off apparmor=0 audit=0 random.trust_cpu=on cryptomgr.notests rcupdate.rcu_expedited=1 reboot=t tsc=reliable';

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
