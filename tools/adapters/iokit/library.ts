// library.ts — IOKit's C calls as functions: the same declarations for macOS' frameworks and for the host's libIOKit.so.
//
// Calls that enter the driver have an `async` twin, which runs on a thread of its own: a controller that hangs must not take the
// keyboard with it. Callbacks are registered once for the life of the process and never given back: the library may be about
// to make one on its thread whenever we let go of it, and what it is for is told by its `refcon`.

import { existsSync } from 'node:fs';
import koffi, { type LibraryHandle } from 'koffi';
import { UserError } from '../../model/user-error.ts';
import { nativeFolder } from '../host/build.ts';
import type { System } from '../system.ts';

const FRAMEWORKS = '/System/Library/Frameworks';

/** Where the functions are: their libraries by what they bring. */
interface Libraries {
  readonly ioKit: LibraryHandle;
  readonly coreFoundation: LibraryHandle;
  readonly system: LibraryHandle;
}

/** Loads what this system has. Throws a UserError that says how to get it. */
export function loadLibraries(system: Pick<System, 'platform' | 'environment'>): Libraries {
  if (system.platform === 'darwin')
    return {
      ioKit: koffi.load(`${FRAMEWORKS}/IOKit.framework/IOKit`),
      coreFoundation: koffi.load(`${FRAMEWORKS}/CoreFoundation.framework/CoreFoundation`),
      system: koffi.load('/usr/lib/libSystem.B.dylib'),
    };
  const path = system.environment.MULTIPORT_IOKIT ?? `${nativeFolder('dev')}/lib/libIOKit.so`;
  if (!existsSync(path))
    throw new UserError(
      `${path} is not there`,
      'Build it with: tools/host up (or name another one in MULTIPORT_IOKIT)',
    );
  const library = koffi.load(path);
  return { ioKit: library, coreFoundation: library, system: library };
}

/** A pointer of the library's. */
export type Pointer = bigint;
/** mach_port_t: services, iterators and connections are numbers to us. */
export type Port = number;

type AsyncFunction<Args extends unknown[]> = ((...args: Args) => number) & {
  async: (...args: [...Args, (error: unknown, result: number) => void]) => void;
};

export interface IoKit {
  readonly taskSelf: Port;
  /** Both make a dictionary that the next four take away. */
  readonly nameMatching: (name: string) => Pointer | null;
  readonly getMatchingServices: (mainPort: Port, matching: Pointer, iterator: Uint32Array) => number;
  readonly addMatchingNotification: (
    port: Pointer,
    kind: string,
    matching: Pointer,
    callback: Pointer,
    refcon: bigint,
    iterator: Uint32Array,
  ) => number;
  readonly iteratorNext: (iterator: Port) => Port;
  readonly release: (object: Port) => number;
  readonly entryId: (entry: Port, id: BigUint64Array) => number;
  readonly childIterator: (entry: Port, plane: string, iterator: Uint32Array) => number;
  readonly createProperty: (entry: Port, key: Pointer, allocator: null, options: number) => Pointer | null;
  readonly searchProperty: (
    entry: Port,
    plane: string,
    key: Pointer,
    allocator: null,
    options: number,
  ) => Pointer | null;
  readonly open: AsyncFunction<[Port, Port, number, Uint32Array]>;
  readonly close: AsyncFunction<[Port]>;
  readonly callMethod: AsyncFunction<
    [
      Port,
      number,
      BigUint64Array | null,
      number,
      Uint8Array | null,
      number,
      BigUint64Array | null,
      Uint32Array | null,
      Uint8Array | null,
      BigUint64Array | null,
    ]
  >;
  readonly callAsyncScalarMethod: AsyncFunction<
    [Port, number, Port, BigUint64Array, number, null, number, null, Uint32Array]
  >;
  readonly mapMemory: AsyncFunction<[Port, number, Port, BigUint64Array, BigUint64Array, number]>;
  readonly unmapMemory: (connection: Port, kind: number, task: Port, address: bigint) => number;
  readonly createNotificationPort: (mainPort: Port) => Pointer | null;
  readonly destroyNotificationPort: (port: Pointer) => void;
  readonly setDispatchQueue: (port: Pointer, queue: Pointer) => void;
  readonly machPort: (port: Pointer) => Port;
  readonly globalQueue: (identifier: number, flags: number) => Pointer;
}

/** Binds the calls under Apple's names, with Apple's types. */
export function bindIoKit({ ioKit, system }: Libraries): IoKit {
  const bind = (declaration: string): never => ioKit.func(declaration) as unknown as never;
  return {
    taskSelf: koffi.decode(system.symbol('mach_task_self_'), 'uint32_t') as Port,
    nameMatching: bind('void *IOServiceNameMatching(const char *name)'),
    getMatchingServices: bind('int IOServiceGetMatchingServices(uint32_t mainPort, void *matching, void *existing)'),
    addMatchingNotification: bind(
      'int IOServiceAddMatchingNotification(void *port, const char *type, void *matching, void *callback, uintptr_t refCon, void *notification)',
    ),
    iteratorNext: bind('uint32_t IOIteratorNext(uint32_t iterator)'),
    release: bind('int IOObjectRelease(uint32_t object)'),
    entryId: bind('int IORegistryEntryGetRegistryEntryID(uint32_t entry, void *id)'),
    childIterator: bind('int IORegistryEntryGetChildIterator(uint32_t entry, const char *plane, void *iterator)'),
    createProperty: bind(
      'void *IORegistryEntryCreateCFProperty(uint32_t entry, void *key, void *allocator, uint32_t options)',
    ),
    searchProperty: bind(
      'void *IORegistryEntrySearchCFProperty(uint32_t entry, const char *plane, void *key, void *allocator, uint32_t options)',
    ),
    open: bind('int IOServiceOpen(uint32_t service, uint32_t owningTask, uint32_t type, void *connect)'),
    close: bind('int IOServiceClose(uint32_t connect)'),
    callMethod: bind(
      'int IOConnectCallMethod(uint32_t connection, uint32_t selector, const void *input, uint32_t inputCnt, const void *inputStruct, size_t inputStructCnt, void *output, void *outputCnt, void *outputStruct, void *outputStructCnt)',
    ),
    callAsyncScalarMethod: bind(
      'int IOConnectCallAsyncScalarMethod(uint32_t connection, uint32_t selector, uint32_t wakePort, void *reference, uint32_t referenceCnt, const void *input, uint32_t inputCnt, void *output, void *outputCnt)',
    ),
    mapMemory: bind(
      'int IOConnectMapMemory64(uint32_t connect, uint32_t memoryType, uint32_t intoTask, void *atAddress, void *ofSize, uint32_t options)',
    ),
    unmapMemory: bind(
      'int IOConnectUnmapMemory64(uint32_t connect, uint32_t memoryType, uint32_t fromTask, uint64_t atAddress)',
    ),
    createNotificationPort: bind('void *IONotificationPortCreate(uint32_t mainPort)'),
    destroyNotificationPort: bind('void IONotificationPortDestroy(void *port)'),
    setDispatchQueue: bind('void IONotificationPortSetDispatchQueue(void *port, void *queue)'),
    machPort: bind('uint32_t IONotificationPortGetMachPort(void *port)'),
    globalQueue: system.func(
      'void *dispatch_get_global_queue(intptr_t identifier, uintptr_t flags)',
    ) as unknown as never,
  };
}

/** Runs a call on a thread of its own; what it returned. */
export const onItsOwnThread = <Args extends unknown[]>(call: AsyncFunction<Args>, ...args: Args): Promise<number> =>
  new Promise((resolve, reject) => {
    call.async(...args, (error, result) => (error ? reject(error) : resolve(result)));
  });
