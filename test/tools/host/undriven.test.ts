import { describe, expect, it } from 'vitest';
import type { RegistryEntry } from '../../../tools/model/host/registry.ts';
import { undriven } from '../../../tools/report/host/undriven.ts';

const entry = (of: string, properties: RegistryEntry['properties'], children: RegistryEntry[] = []): RegistryEntry => ({
  name: of,
  location: '00100000',
  class: of,
  id: 256,
  registered: true,
  matched: true,
  active: true,
  busy: 0,
  retain: 1,
  properties,
  children,
});

const device = (...children: RegistryEntry[]) =>
  entry('Root', {}, [entry('IOUSBHostDevice', { idVendor: 4617, idProduct: 4 }, children)]);

describe('undriven', () => {
  it('names a device that no dext took, with the numbers an Info.plist has', () => {
    const words = undriven(device(entry('IOUSBHostInterface', {})), '00100000').join('\n');
    expect(words).toContain('No dext drives it: idVendor 4617, idProduct 4, bcdDevice ?');
    expect(words).toContain('tools/host log');
  });

  it('says nothing of a device with a dext on it, or on one of its interfaces, and of others', () => {
    const service = entry('IOUserService', { IOUserClass: 'Loop' });
    expect(undriven(device(service), '00100000')).toEqual([]);
    expect(undriven(device(entry('IOUSBHostInterface', {}, [service])), '00100000')).toEqual([]);
    expect(undriven(device(), '00200000')).toEqual([]);
  });
});
