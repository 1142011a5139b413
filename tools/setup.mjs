// setup.mjs — a machine with Node in, a machine that can build and test out. Plain JavaScript: nothing is installed yet.
//
// npm packages are installed when the lock file changed; programs come from Debian's package manager when this runs as
// root, otherwise the one command to type is printed. `--with-tests` also asks for what only the tests need; continuous
// integration also gets what the virtual machine needs, which elsewhere is the choice of whoever owns the machine.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** What must be there → the Debian package that brings it. A name without a slash is a program in PATH. */
const BUILD_NEEDS = {
  'clang++-19': 'clang-19',
  'ld.lld-19': 'lld-19',
  cmake: 'cmake',
  ninja: 'ninja-build',
  ping: 'iputils-ping',
  ip: 'iproute2',
  'pkg-config': 'pkg-config',
  '/usr/include/plist/plist.h': 'libplist-dev',
  '/usr/include/nlohmann/json.hpp': 'nlohmann-json3-dev',
  '/usr/include/Block.h': 'libblocksruntime-dev',
  '/usr/include/libusb-1.0/libusb.h': 'libusb-1.0-0-dev',
};
const TEST_NEEDS = {
  'clang-format-19': 'clang-format-19',
  'llvm-symbolizer-19': 'llvm-19',
  '/usr/lib/llvm-19/lib/clang/19/include/sanitizer/asan_interface.h': 'libclang-rt-19-dev',
  '/usr/include/doctest/doctest.h': 'doctest-dev',
  '/usr/lib/llvm-19/include/c++/v1/optional': 'libc++-19-dev',
  iperf3: 'iperf3',
  tshark: 'tshark',
  ethtool: 'ethtool',
  openssl: 'openssl',
  'umockdev-run': 'umockdev',
};
const GUEST_NEEDS = {
  'qemu-system-x86_64': 'qemu-system-x86',
  '/bin/busybox': 'busybox-static',
  cpio: 'cpio',
  depmod: 'kmod',
  xz: 'xz-utils',
  zstd: 'zstd',
  usbip: 'usbip',
  lsusb: 'usbutils',
};

const LOCK_SECONDS = 300;

function isPresent(need) {
  if (need.includes('/')) return existsSync(need);
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, need), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function run(program, args, environment = {}) {
  const { status, error } = spawnSync(program, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
  });
  if (error) throw error;
  if (status !== 0) fail(`${program} ${args.join(' ')} failed with exit code ${status}`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

function installNpmPackages() {
  const digest = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  const stamp = join(ROOT, 'node_modules', '.multiport-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  console.error('Installing the npm packages of package-lock.json');
  // Not `npm ci`: it refuses a lock file that lacks the packages of platforms a registry does not carry.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
}

function installSystemPackages(needs) {
  const missing = [...new Set(Object.entries(needs).flatMap(([need, name]) => (isPresent(need) ? [] : [name])))];
  if (missing.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !isPresent('apt-get')) {
    fail(
      `Missing on this machine: ${missing.join(', ')}\nInstall them with this, then run the command again:\n\n  sudo ${command}\n`,
    );
  }
  console.error(`Installing ${missing.join(', ')}`);
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  const patient = ['-o', `DPkg::Lock::Timeout=${LOCK_SECONDS}`]; // somebody else may be installing, unattended upgrades do
  run('apt-get', [...patient, 'update', '-qq'], quiet);
  run('apt-get', [...patient, ...command.split(' ').slice(1), '-qq'], quiet);
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19))
  fail(`Node ${process.versions.node} is too old: 20.19 or later is needed.`);
const withTests = process.argv.includes('--with-tests');
const withGuest = process.argv.includes('--with-guest') || process.env.CI === 'true';
installSystemPackages({
  ...BUILD_NEEDS,
  ...(withTests ? TEST_NEEDS : {}),
  ...(withTests && withGuest ? GUEST_NEEDS : {}),
});
installNpmPackages();
