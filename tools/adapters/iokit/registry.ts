// registry.ts — the I/O registry in, the services of our driver and the OS interfaces below them out.

import { SERVICE_NAME } from '../../model/client/protocol.ts';
import type { CoreFoundation, PropertyValue } from './core-foundation.ts';
import type { IoKit, Pointer, Port } from './library.ts';
import { demand } from './refusals.ts';

const PLANE = 'IOService';
const RECURSIVELY = 1;

export class Registry {
  readonly #ioKit: IoKit;
  readonly #coreFoundation: CoreFoundation;

  constructor(ioKit: IoKit, coreFoundation: CoreFoundation) {
    this.#ioKit = ioKit;
    this.#coreFoundation = coreFoundation;
  }

  /** What finds our controllers: the IOKit class of a dext's service is IOUserService, its name that of its own class. */
  matching(): Pointer {
    const matching = this.#ioKit.nameMatching(SERVICE_NAME);
    if (matching === null) throw new Error('no memory for a matching dictionary');
    return matching;
  }

  /** Lets `use` have each of our controllers that is there; whatever happens, none of them stays held. */
  controllers(): readonly Port[] {
    const iterator = new Uint32Array(1);
    demand('to list its services', this.#ioKit.getMatchingServices(0, this.matching(), iterator));
    const [first = 0] = iterator;
    try {
      return this.#drain(first).filter((entry) => this.#isOurs(entry));
    } finally {
      this.#ioKit.release(first);
    }
  }

  /** Empties an iterator that news came by. */
  discard(iterator: Port): void {
    for (const entry of this.#drain(iterator)) this.#ioKit.release(entry);
  }

  release(entry: Port): void {
    this.#ioKit.release(entry);
  }

  id(entry: Port): bigint {
    const id = new BigUint64Array(1);
    demand('to name its service', this.#ioKit.entryId(entry, id));
    return id[0] ?? 0n;
  }

  /** OS interfaces by port number: each nub below the controller says its number, and somewhere below it is a BSD name. */
  interfaces(controller: Port): ReadonlyMap<number, string> {
    const iterator = new Uint32Array(1);
    if (this.#ioKit.childIterator(controller, PLANE, iterator) !== 0) return new Map();
    const [first = 0] = iterator;
    const found = new Map<number, string>();
    for (const nub of this.#drain(first)) {
      const properties = this.#property(nub, 'IOUserServiceProperties');
      const number = isDictionary(properties) ? properties.MultiportPort : undefined;
      const name = this.#search(nub, 'BSD Name');
      if (typeof number === 'number' && typeof name === 'string') found.set(number, name);
      this.#ioKit.release(nub);
    }
    this.#ioKit.release(first);
    return found;
  }

  #isOurs(entry: Port): boolean {
    if (this.#property(entry, 'IOUserClass') === SERVICE_NAME) return true;
    this.#ioKit.release(entry);
    return false;
  }

  /** All that is left in an iterator; each is ours to release. */
  #drain(iterator: Port): Port[] {
    const entries: Port[] = [];
    for (let entry = this.#ioKit.iteratorNext(iterator); entry !== 0; entry = this.#ioKit.iteratorNext(iterator))
      entries.push(entry);
    return entries;
  }

  #property(entry: Port, key: string): PropertyValue | undefined {
    const { createProperty } = this.#ioKit;
    return this.#coreFoundation.withString(key, (name) =>
      this.#coreFoundation.take(createProperty(entry, name, null, 0)),
    );
  }

  #search(entry: Port, key: string): PropertyValue | undefined {
    const { searchProperty } = this.#ioKit;
    return this.#coreFoundation.withString(key, (name) =>
      this.#coreFoundation.take(searchProperty(entry, PLANE, name, null, RECURSIVELY)),
    );
  }
}

const isDictionary = (value: PropertyValue | undefined): value is { readonly [key: string]: PropertyValue } =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array);
