import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { compile } from '../../../tools/iig/compile.ts';
import { reportMistakes } from '../../../tools/iig/mistakes.ts';
import { SDK } from '../../support/iig.ts';

const SAMPLES = join(PROJECT_ROOT, 'test/fixtures/iig');
const KITS = ['DriverKit', 'USBDriverKit', 'NetworkingDriverKit'];
const folder = mkdtempSync(join(tmpdir(), 'iig-samples-'));
const run = promisify(execFile);

const readSource = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Compiles the .iig at `path` into the folder; `name` is `<Kit>/<Class>` or `<Class>`, `apart` whether its messages lie apart. */
function translate(path: string, name: string, apart: boolean): void {
  const messagesName = apart ? { messagesName: `${name}.messages.h` } : {};
  const compiled = compile(path, {
    read: readSource,
    folders: [SDK],
    definitions: new Map(),
    headerName: `${name}.h`,
    ...messagesName,
  });
  if (!compiled?.ok) throw new Error(compiled ? reportMistakes(compiled.mistakes) : path);
  write(`${name}.h`, compiled.header);
  write(`${name}.iig.cpp`, compiled.implementation);
  if (apart) write(`${name}.messages.h`, compiled.messages);
}

const INCLUDES = [`-I${folder}`, `-I${SDK}`];
const clang = (...args: string[]) =>
  run('clang++-19', ['-std=c++20', '-fblocks', '-Wall', '-Wextra', '-Werror', '-fsyntax-only', ...INCLUDES, ...args]);

const iigFilesIn = (path: string): string[] =>
  readdirSync(path)
    .filter((name) => name.endsWith('.iig'))
    .map((name) => name.replace('.iig', ''));

describe('the classes of the SDK', () => {
  beforeAll(() => {
    for (const kit of KITS)
      for (const name of iigFilesIn(join(SDK, kit))) translate(join(SDK, kit, `${name}.iig`), `${kit}/${name}`, true);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('have messages that need nothing of the classes, for the kernel side', async () => {
    const includes = KITS.flatMap((kit) =>
      iigFilesIn(join(SDK, kit)).map((name) => `#include <${kit}/${name}.messages.h>`),
    );
    write('messages.cpp', includes.join('\n'));
    const { stdout } = await run('clang++-19', [
      '-std=c++20',
      '-fblocks',
      '-MM',
      ...INCLUDES,
      join(folder, 'messages.cpp'),
    ]);
    const read = stdout
      .split(/\s+/)
      .filter((path) => path.startsWith(SDK))
      .map((path) => path.slice(SDK.length + 1));
    expect(read.sort()).toEqual([
      'DriverKit/IODMACommand.h',
      'DriverKit/IORPC.h',
      'DriverKit/IOReturn.h',
      'DriverKit/IOTypes.h',
      'NetworkingDriverKit/IOUserNetworkTypes.h',
      'USBDriverKit/AppleUSBDefinitions.h',
    ]);
    await clang(join(folder, 'messages.cpp'));
  });

  it.each(KITS.map((kit) => [kit]))('are all there with one #include of %s', async (kit) => {
    write(
      `${kit}.cpp`,
      `#include <${kit}/${kit}.h>\n${iigFilesIn(join(SDK, kit))
        .map((name) => `static_assert(sizeof(${name}) > 0);`)
        .join('\n')}`,
    );
    await clang(join(folder, `${kit}.cpp`));
  });

  it.each([
    ['IOUSBHostFamilyDefinitions', 'auto value = kUSBHostReturnPipeStalled;'],
    ['IOUSBHostFamilyDefinitions', 'auto value = kIOUSBHostConnectionSpeedSuper;'],
    ['USBDriverKitDefs', 'auto value = kIOUSBAbortAsynchronous;'],
    ['USBDriverKitDefs', 'void drop(IOUSBDeviceDescriptor * descriptor) { IOUSBHostFreeDescriptor(descriptor); }'],
  ])('have in %s, and not where the classes are: %s', async (header, use) => {
    const classes = ['Device', 'Interface', 'Pipe']
      .map((name) => `#include <USBDriverKit/IOUSBHost${name}.h>\n`)
      .join('');
    write('place.cpp', `${classes}${use}`);
    await expect(clang(join(folder, 'place.cpp'))).rejects.toThrow('undeclared identifier');
    write('place.cpp', `${classes}#include <USBDriverKit/${header}.h>\n${use}`);
    await clang(join(folder, 'place.cpp'));
  });

  it.each(iigFilesIn(SAMPLES).map((name) => [name]))(
    'serve a driver in the style of published ones: %s compiles',
    async (name) => {
      translate(join(SAMPLES, `${name}.iig`), name, false);
      await clang(join(folder, `${name}.iig.cpp`));
      await clang(join(SAMPLES, `${name}.cpp`));
    },
  );

  it('refuse a body whose parameters differ from what is overridden, with the place in the .iig', async () => {
    write(
      'Wrong.iig',
      '#include <DriverKit/IOService.iig>\nclass Wrong : public IOService {\n  virtual kern_return_t SetPowerState(uint64_t powerFlags) override;\n};',
    );
    translate(join(folder, 'Wrong.iig'), 'Wrong', false);
    await expect(clang(join(folder, 'Wrong.iig.cpp'))).rejects.toThrow(
      'Wrong.iig:3: SetPowerState takes other types than IOService::SetPowerState',
    );
  });
});

// Headers of the DriverKit, USBDriverKit and NetworkingDriverKit frameworks in Apple's SDK, as far as drivers here may use them.
const APPLES_HEADERS = new Set(
  `DriverKit/DriverKit DriverKit/IOBufferMemoryDescriptor DriverKit/IODataQueueDispatchSource DriverKit/IODispatchQueue
   DriverKit/IODispatchSource DriverKit/IOInterruptDispatchSource DriverKit/IOKitKeys DriverKit/IOLib DriverKit/IOMemoryDescriptor
   DriverKit/IOMemoryMap DriverKit/IOReturn DriverKit/IOService DriverKit/IOServiceNotificationDispatchSource
   DriverKit/IOTimerDispatchSource DriverKit/IOTypes DriverKit/IOUserClient DriverKit/IOUserServer DriverKit/OSAction DriverKit/OSArray
   DriverKit/OSBoolean DriverKit/OSCollections DriverKit/OSData DriverKit/OSDictionary DriverKit/OSMetaClass DriverKit/OSNumber
   DriverKit/OSObject DriverKit/OSString USBDriverKit/AppleUSBDefinitions USBDriverKit/AppleUSBDescriptorParsing
   USBDriverKit/IOUSBHostDevice USBDriverKit/IOUSBHostFamilyDefinitions USBDriverKit/IOUSBHostInterface USBDriverKit/IOUSBHostPipe
   USBDriverKit/USBDriverKit USBDriverKit/USBDriverKitDefs NetworkingDriverKit/IOUserNetworkEthernet NetworkingDriverKit/IOUserNetworkPacket
   NetworkingDriverKit/IOUserNetworkPacketBufferPool NetworkingDriverKit/IOUserNetworkPacketQueue
   NetworkingDriverKit/IOUserNetworkRxCompletionQueue NetworkingDriverKit/IOUserNetworkRxSubmissionQueue
   NetworkingDriverKit/IOUserNetworkTxCompletionQueue NetworkingDriverKit/IOUserNetworkTxSubmissionQueue
   NetworkingDriverKit/IOUserNetworkTypes NetworkingDriverKit/NetworkingDriverKit`.split(/\s+/),
);

describe('the driver, which Apple compiles from the same files,', () => {
  const sources = ['dext/controller', 'dext/port'].flatMap((path) =>
    readdirSync(join(PROJECT_ROOT, path))
      .filter((name) => /\.(?:iig|h|cpp)$/.test(name))
      .map((name) => join(PROJECT_ROOT, path, name)),
  );

  it('includes no header of a framework that Apple does not have', () => {
    const included = sources.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/#include <(\w*DriverKit\/\w+)\.(?:h|iig)>/g)].map(
        (match) => match[1] ?? '',
      ),
    );
    expect(included.length).toBeGreaterThan(10);
    expect(included.filter((name) => !APPLES_HEADERS.has(name))).toEqual([]);
  });

  it('calls none of the methods that only the host has, whose names start with `_`', () => {
    for (const path of sources) expect(readFileSync(path, 'utf8').match(/(?:->|::|\.)_[A-Z]\w*\(/g) ?? []).toEqual([]);
  });
});
