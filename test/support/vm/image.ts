import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { extractKernel } from './extract-kernel.ts';
import { modulesWithDependencies, nameGenericEndpoints } from './modules.ts';

/** What QEMU starts: an ELF kernel and an initramfs with the modules the tests load. */
export interface GuestImage {
  readonly kernel: string;
  readonly initramfs: string;
  readonly tscKhz: string;
}

const VM = join(PROJECT_ROOT, 'build', 'vm');
const SOURCES = join(PROJECT_ROOT, 'test', 'vm');

const MODULES = [
  ...[
    'virtio_mmio',
    'virtio_console',
    'virtio_net',
    '9p',
    '9pnet_virtio',
    'overlay',
    'tun',
    'veth',
    'bridge',
    'usbmon',
  ],
  ...['dummy_hcd', 'libcomposite', 'usb_f_ncm', 'usb_f_ecm', 'vhci_hcd', 'usbip_host', 'usbip_vudc', 'usbip_core'],
  ...['usbnet', 'cdc_ncm', 'cdc_ether'],
];

/** Builds the image out of Debian's kernel package, once for each package version; later calls find it built. */
export async function guestImage(): Promise<GuestImage> {
  mkdirSync(VM, { recursive: true });
  const name = await kernelPackage();
  const folder = join(VM, name);
  const image = {
    kernel: join(folder, 'vmlinux'),
    initramfs: join(folder, 'initramfs.cpio'),
    tscKhz: join(folder, 'tsc-khz'),
  };
  if (!existsSync(join(folder, 'complete'))) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    await unpackKernelPackage(name, folder);
    await extractKernel(join(folder, 'package', 'boot', `vmlinuz-${kernelVersion(folder)}`), image.kernel);
    await execa('clang-19', ['-O2', '-o', image.tscKhz, join(SOURCES, 'tsc-khz.c')]);
    writeFileSync(join(folder, 'complete'), '');
  }
  await packInitramfs(folder, image.initramfs); // 1 s, and so never older than the guest's scripts
  return image;
}

/** The package that `linux-image-amd64` stands for at the moment. */
async function kernelPackage(): Promise<string> {
  const { stdout } = await execa('apt-cache', ['depends', 'linux-image-amd64']);
  const name = /Depends: (linux-image-\d\S*)/.exec(stdout)?.[1];
  if (!name) throw new Error(`linux-image-amd64 depends on no kernel:\n${stdout}`);
  return name;
}

async function unpackKernelPackage(name: string, folder: string): Promise<void> {
  await execa('apt-get', ['download', name], { cwd: folder });
  const file = readdirSync(folder).find((entry) => entry.endsWith('.deb'));
  if (!file) throw new Error(`apt-get download ${name} left no package behind`);
  await execa('dpkg-deb', ['-x', join(folder, file), join(folder, 'package')]);
  rmSync(join(folder, file));
}

function kernelVersion(folder: string): string {
  const [version] = readdirSync(join(folder, 'package', 'lib', 'modules'));
  if (!version) throw new Error(`${folder} has no kernel modules`);
  return version;
}

async function packInitramfs(folder: string, output: string): Promise<void> {
  const stage = mkdtempSync(join(VM, 'stage-'));
  try {
    for (const name of ['bin', 'dev', 'proc', 'sys', 'root', 'lower', 'memory']) mkdirSync(join(stage, name));
    copyFileSync('/bin/busybox', join(stage, 'bin', 'busybox'));
    for (const name of ['sh', 'mount', 'mkdir', 'modprobe', 'insmod', 'cp', 'echo', 'switch_root', 'sleep']) {
      symlinkSync('busybox', join(stage, 'bin', name));
    }
    for (const name of ['init', 'stage2']) {
      copyFileSync(join(SOURCES, 'guest', name), join(stage, name));
      chmodSync(join(stage, name), 0o755);
    }
    await execa('clang-19', ['-O2', '-Wall', '-Werror', '-o', join(stage, 'on-news'), join(SOURCES, 'on-news.c')]);
    await copyModules(join(folder, 'package'), kernelVersion(folder), stage);
    await execa('sh', ['-c', 'find . | cpio -o -H newc --quiet'], {
      cwd: stage,
      stdout: { file: output },
      encoding: 'buffer',
    });
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

async function copyModules(unpacked: string, version: string, stage: string): Promise<void> {
  const { stdout } = await execa('depmod', ['-n', '-b', unpacked, version]);
  const from = join(unpacked, 'lib', 'modules', version);
  const to = join(stage, 'lib', 'modules', version);
  for (const path of modulesWithDependencies(stdout, MODULES)) {
    const target = join(to, path);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(from, path), target);
    if (basename(path) === 'dummy_hcd.ko') writeFileSync(target, nameGenericEndpoints(readFileSync(target)));
  }
  for (const name of ['modules.order', 'modules.builtin', 'modules.builtin.modinfo']) {
    copyFileSync(join(from, name), join(to, name));
  }
  await execa('depmod', ['-b', stage, version]);
}
