import type { Dictionary } from '../model/apple/property-list.ts';
import { type NamedDevice, released } from './device-file.ts';

export const SIGNINGS = ['development', 'release'] as const;
export type Signing = (typeof SIGNINGS)[number];

/**
 * The dext's entitlements. For development the USB transport must be the literal of Apple's development profiles, a star, and
 * any program may open the driver's user client. A release names the vendors Apple granted, which are never those of adapters for
 * tests, and lets in whom Apple listed.
 */
export function entitlements(devices: readonly NamedDevice[], signing: Signing): Dictionary {
  const vendors = [...new Set(released(devices).map(({ file }) => Number(file.vendor.id)))].sort((a, b) => a - b);
  return {
    'com.apple.developer.driverkit': true,
    'com.apple.developer.driverkit.family.networking': true,
    'com.apple.developer.driverkit.transport.usb':
      signing === 'development' ? [{ idVendor: '*' }] : vendors.map((idVendor) => ({ idVendor })),
    ...(signing === 'development' ? { 'com.apple.developer.driverkit.allow-any-userclient-access': true } : {}),
    'com.apple.security.app-sandbox': true,
  };
}
