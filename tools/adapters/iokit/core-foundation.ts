// core-foundation.ts — CoreFoundation objects in, plain values out; and the few strings IOKit wants as objects.

import koffi, { type LibraryHandle } from 'koffi';
import type { Pointer } from './library.ts';

export type PropertyValue =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | readonly PropertyValue[]
  | { readonly [key: string]: PropertyValue };

const UTF8 = 0x08000100;
const SINT64 = 4; // kCFNumberSInt64Type
const MOST_DEEP = 16;
const MOST_MEMBERS = 4096;

type Reader = (object: Pointer, deep: number) => PropertyValue | undefined;

export class CoreFoundation {
  readonly #release: (object: Pointer) => void;
  readonly #createString: (allocator: null, text: string, encoding: number) => Pointer | null;
  readonly #typeOf: (object: Pointer) => bigint | number;
  readonly #readers: ReadonlyMap<number, Reader>;

  constructor(library: LibraryHandle) {
    const bind = (declaration: string): never => library.func(declaration) as unknown as never;
    this.#release = bind('void CFRelease(void *object)');
    this.#createString = bind('void *CFStringCreateWithCString(void *allocator, const char *text, uint32_t encoding)');
    this.#typeOf = bind('unsigned long CFGetTypeID(void *object)');
    const type = (name: string) => Number((bind(`unsigned long ${name}GetTypeID()`) as () => bigint | number)());
    this.#readers = new Map<number, Reader>([
      [type('CFString'), stringReader(bind)],
      [type('CFNumber'), numberReader(bind)],
      [type('CFBoolean'), booleanReader(bind)],
      [type('CFData'), dataReader(bind)],
      [type('CFArray'), arrayReader(bind, (object, deep) => this.#read(object, deep))],
      [type('CFDictionary'), dictionaryReader(bind, (object, deep) => this.#read(object, deep))],
    ]);
  }

  /** Lets `use` have a string object, and lets go of it however that ends. */
  withString<T>(text: string, use: (object: Pointer) => T): T {
    const object = this.#createString(null, text, UTF8);
    if (object === null) throw new Error(`no memory for ${text}`);
    try {
      return use(object);
    } finally {
      this.#release(object);
    }
  }

  /** The value of an object that is ours, and lets go of it. Undefined for no object and for kinds we have no word for. */
  take(object: Pointer | null): PropertyValue | undefined {
    if (object === null) return undefined;
    try {
      return this.#read(object, 0);
    } finally {
      this.#release(object);
    }
  }

  #read(object: Pointer, deep: number): PropertyValue | undefined {
    return deep > MOST_DEEP ? undefined : this.#readers.get(Number(this.#typeOf(object)))?.(object, deep);
  }
}

type Bind = (declaration: string) => never;

function stringReader(bind: Bind): Reader {
  const length: (object: Pointer) => number = bind('long CFStringGetLength(void *string)');
  const most: (length: number, encoding: number) => number = bind(
    'long CFStringGetMaximumSizeForEncoding(long length, uint32_t encoding)',
  );
  const copy: (object: Pointer, buffer: Uint8Array, size: number, encoding: number) => boolean = bind(
    'bool CFStringGetCString(void *string, void *buffer, long size, uint32_t encoding)',
  );
  return (object) => {
    const buffer = new Uint8Array(Number(most(Number(length(object)), UTF8)) + 1);
    if (!copy(object, buffer, buffer.length, UTF8)) return undefined;
    return new TextDecoder().decode(buffer.subarray(0, buffer.indexOf(0)));
  };
}

function numberReader(bind: Bind): Reader {
  const read: (object: Pointer, type: number, value: BigInt64Array) => boolean = bind(
    'bool CFNumberGetValue(void *number, long type, void *value)',
  );
  return (object) => {
    const value = new BigInt64Array(1);
    if (!read(object, SINT64, value)) return undefined;
    const [number = 0n] = value;
    return Number.isSafeInteger(Number(number)) ? Number(number) : number;
  };
}

function booleanReader(bind: Bind): Reader {
  const read: (object: Pointer) => boolean = bind('bool CFBooleanGetValue(void *boolean)');
  return (object) => read(object);
}

function dataReader(bind: Bind): Reader {
  const length: (object: Pointer) => number = bind('long CFDataGetLength(void *data)');
  const bytes: (object: Pointer) => Pointer | null = bind('void *CFDataGetBytePtr(void *data)');
  return (object) => {
    const address = bytes(object);
    const size = Number(length(object));
    return address === null || size === 0 ? new Uint8Array() : Uint8Array.from(koffi.decode(address, 'uint8_t', size));
  };
}

function arrayReader(bind: Bind, readValue: Reader): Reader {
  const count: (object: Pointer) => number = bind('long CFArrayGetCount(void *array)');
  const at: (object: Pointer, index: number) => Pointer = bind('void *CFArrayGetValueAtIndex(void *array, long index)');
  return (object, deep) =>
    Array.from({ length: Math.min(MOST_MEMBERS, Number(count(object))) }, (_, index) => at(object, index)).flatMap(
      (member) => readValue(member, deep + 1) ?? [],
    );
}

function dictionaryReader(bind: Bind, readValue: Reader): Reader {
  const count: (object: Pointer) => number = bind('long CFDictionaryGetCount(void *dictionary)');
  const get: (object: Pointer, keys: BigUint64Array, values: BigUint64Array) => void = bind(
    'void CFDictionaryGetKeysAndValues(void *dictionary, void *keys, void *values)',
  );
  return (object, deep) => {
    const size = Number(count(object));
    const keys = new BigUint64Array(size);
    const values = new BigUint64Array(size);
    get(object, keys, values);
    const rows = Array.from(keys, (key, index) => [readValue(key, deep + 1), values[index] ?? 0n] as const);
    return Object.fromEntries(
      rows.flatMap(([key, value]) => {
        const read = readValue(value, deep + 1);
        return typeof key === 'string' && read !== undefined ? [[key, read]] : [];
      }),
    );
  };
}
