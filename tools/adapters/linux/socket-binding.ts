// socket-binding.ts — a control group whose processes' sockets are bound to one OS interface, as with SO_BINDTODEVICE.
//
// A program of type BPF_PROG_TYPE_CGROUP_SOCK, attached to a control group, runs whenever a process in it makes an Internet
// socket, and stores the interface's index in it, as `ip vrf exec` does. It holds for every
// program and its children, also for statically linked ones, and for nobody else on the machine. It needs root and control
// groups of version 2. The kernel drops the program with the group, and the group is an empty folder once its processes ended.

import { mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';
import { UserError } from '../../model/user-error.ts';

// linux/bpf.h
const COMMAND = { load: 5, attach: 8 } as const;
const PROGRAM_TYPE_CGROUP_SOCK = 9;
const ATTACH_INET_SOCK_CREATE = 2;
const BOUND_DEVICE_OFFSET = 0; // of struct bpf_sock
const SYSCALL: Readonly<Record<string, number>> = { x64: 321, arm64: 280 };

const PREFIX = 'multiport-run-';

export interface SocketBinding {
  /** Processes that are written here are bound from then on. */
  readonly procs: string;
  /** Takes the group away; it stays while processes are in it, and goes with the next binding then. */
  release(): void;
}

/** Makes a group for the interface with this index. Throws a UserError where the kernel or the rights for it are missing. */
export function bindSockets(interfaceIndex: number, environment: { readonly pid: number }): SocketBinding {
  const top = unifiedGroups();
  removeLeftOvers(top);
  const folder = join(top, `${PREFIX}${environment.pid}`);
  mkdirSync(folder);
  const release = () => removeGroup(folder);
  try {
    attach(folder, interfaceIndex);
  } catch (error) {
    release();
    throw error;
  }
  return { procs: join(folder, 'cgroup.procs'), release };
}

/** Where control groups of version 2 are mounted. */
function unifiedGroups(): string {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const path = mounts.find((line) => / - cgroup2 /.test(line))?.split(' ')[4];
  if (path !== undefined) return path;
  throw new UserError('This machine has no control groups of version 2', `Mount them, or ${ALTERNATIVES}`);
}

export const ALTERNATIVES = 'bind one program by its own option: ping -I, curl --interface, iperf3 --bind-dev, ssh -B.';

/** Groups of runs that were killed; those with processes still in them stay. */
function removeLeftOvers(top: string): void {
  for (const name of readdirSync(top)) if (name.startsWith(PREFIX)) removeGroup(join(top, name));
}

function removeGroup(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EBUSY' && code !== 'ENOENT') throw error;
  }
}

function attach(folder: string, interfaceIndex: number): void {
  const libc = koffi.load(null);
  const open = libc.func('int open(const char *path, int flags)');
  const close = libc.func('int close(int descriptor)');
  const group = open(folder, 0o200000); // O_DIRECTORY
  if (group < 0) throw refused('open', koffi.errno());
  let program = -1;
  try {
    program = loadProgram(libc, interfaceIndex);
    bpf(libc, COMMAND.attach, words(group, program, ATTACH_INET_SOCK_CREATE, 0));
  } finally {
    close(group);
    if (program >= 0) close(program); // the group holds it
  }
}

type Library = ReturnType<typeof koffi.load>;

function loadProgram(libc: Library, interfaceIndex: number): number {
  const program = bindingProgram(interfaceIndex);
  const licence = Buffer.from('MIT\0');
  const attributes = Buffer.alloc(64);
  attributes.writeUInt32LE(PROGRAM_TYPE_CGROUP_SOCK, 0);
  attributes.writeUInt32LE(program.length / 8, 4);
  attributes.writeBigUInt64LE(koffi.address(program), 8);
  attributes.writeBigUInt64LE(koffi.address(licence), 16);
  return bpf(libc, COMMAND.load, attributes);
}

/** `socket->bound_dev_if = index; return 1`: {u8 code, u8 registers, s16 offset, s32 value} each. */
export function bindingProgram(interfaceIndex: number): Buffer {
  const instruction = (code: number, registers: number, offset: number, value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt8(code, 0);
    bytes.writeUInt8(registers, 1);
    bytes.writeInt16LE(offset, 2);
    bytes.writeInt32LE(value, 4);
    return bytes;
  };
  return Buffer.concat([
    instruction(0xb7, 0x02, 0, interfaceIndex), // r2 = index
    instruction(0x63, 0x21, BOUND_DEVICE_OFFSET, 0), // *(u32 *)(r1 + offset) = r2
    instruction(0xb7, 0x00, 0, 1), // r0 = 1: the socket may be made
    instruction(0x95, 0, 0, 0), // exit
  ]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}

function bpf(libc: Library, command: number, attributes: Buffer): number {
  const number = SYSCALL[process.arch];
  if (number === undefined || endianness() !== 'LE') throw refused(`bpf on ${process.arch}`, 0);
  const syscall = libc.func('long syscall(long number, int command, void *attributes, unsigned int size)');
  const result = Number(syscall(number, command, attributes, attributes.length));
  if (result < 0) throw refused('bpf', koffi.errno());
  return result;
}

const refused = (what: string, errno: number) =>
  new UserError(
    `The kernel does not let us bind the sockets of other programs (${what}: error ${errno})`,
    `Run this as root; or ${ALTERNATIVES}`,
  );
