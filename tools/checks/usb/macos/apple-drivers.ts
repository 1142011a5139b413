// apple-drivers.ts — what macOS brings along for the interfaces network adapters have: who takes which class, how we know.
//
// Audio and video are taken by processes of the system, which open the interface without a driver of their own.
//
// From ioreg texts people published (macOS 12 to 26) and the personalities of AppleUSBCDCDriver 4303.2.1, the last published.

import type { MatchKeys } from './score.ts';

export type Confidence = 'seen' | 'likely' | 'guess';

export interface AppleDriver {
  readonly name: string;
  readonly keys: MatchKeys;
  readonly does: string;
  readonly confidence: Confidence;
}

const byClass = (main: number, sub: number, protocol?: number): MatchKeys => ({
  provider: 'interface',
  class: main,
  subclass: sub,
  ...(protocol !== undefined && { protocol }),
});

export const APPLE_DRIVERS: readonly AppleDriver[] = [
  { name: 'AppleUSBNCMControl', keys: byClass(0x02, 0x0d, 0), does: 'NCM control', confidence: 'seen' },
  { name: 'AppleUSBNCMData', keys: byClass(0x0a, 0x00, 1), does: 'NCM data: makes the enX', confidence: 'seen' },
  { name: 'AppleUserECM', keys: byClass(0x02, 0x06, 0), does: 'ECM: makes the enX', confidence: 'seen' },
  {
    name: 'AppleUserECMData',
    keys: byClass(0x0a, 0x00, 0),
    does: 'CDC data, not held exclusively',
    confidence: 'seen',
  },
  { name: 'AppleUSBACMControl', keys: byClass(0x02, 0x02, 1), does: 'modem control', confidence: 'seen' },
  { name: 'AppleUSBACMData', keys: byClass(0x0a, 0x00), does: 'modem data', confidence: 'likely' },
  { name: 'AppleUSBCDCEEM', keys: byClass(0x02, 0x0c, 7), does: 'EEM', confidence: 'guess' },
  { name: 'IOUSBMassStorageInterfaceNub', keys: byClass(0x08, 0x06, 0x50), does: 'disk', confidence: 'seen' },
  { name: 'IOUSBMassStorageUASDriver', keys: byClass(0x08, 0x06, 0x62), does: 'disk', confidence: 'seen' },
  { name: 'AppleUserHIDDevice', keys: byClass(0x03, 0x00), does: 'HID', confidence: 'likely' },
  { name: 'AppleUserHIDDevice', keys: byClass(0x03, 0x01), does: 'keyboard or mouse', confidence: 'likely' },
  { name: 'usbaudiod', keys: byClass(0x01, 0x01), does: 'audio', confidence: 'seen' },
  { name: 'usbaudiod', keys: byClass(0x01, 0x02), does: 'audio', confidence: 'seen' },
  { name: 'MIDIServer', keys: byClass(0x01, 0x03), does: 'MIDI', confidence: 'seen' },
  { name: 'UVCAssistant', keys: byClass(0x0e, 0x01), does: 'camera', confidence: 'seen' },
  { name: 'UVCAssistant', keys: byClass(0x0e, 0x02), does: 'camera', confidence: 'seen' },
];

/** macOS' composite driver: configures a device so that its interfaces appear. It takes classes 00/00 and ef/02/01. */
export const COMPOSITE_DRIVERS: readonly AppleDriver[] = [
  {
    name: 'AppleUSBHostCompositeDevice',
    keys: { provider: 'device', class: 0x00, subclass: 0x00, protocol: 0x00 },
    does: 'configures the device',
    confidence: 'seen',
  },
  {
    name: 'AppleUSBHostCompositeDevice',
    keys: { provider: 'device', class: 0xef, subclass: 0x02, protocol: 0x01 },
    does: 'configures the device',
    confidence: 'seen',
  },
  {
    name: 'AppleUSBHostCompositeDevice',
    keys: { provider: 'device', class: 0x02, subclass: 0x00 },
    does: 'configures the device',
    confidence: 'likely',
  },
  {
    name: 'AppleUSBHostHub',
    keys: { provider: 'device', class: 0x09, subclass: 0x00 },
    does: 'hub',
    confidence: 'seen',
  },
];

/** In their place on a device that has a communications interface (not NCM's or MBIM's). */
export const CDC_COMPOSITE_DRIVER = { name: 'AppleUSBCDCCompositeDevice', confidence: 'seen' } as const;

/** Devices for which a configuration is written down somewhere: `vendor:product` → value and source. */
export const PREFERRED_CONFIGURATIONS: Readonly<Record<string, { readonly value: number; readonly source: string }>> = {
  '0bda:8153': { value: 2, source: 'Apple\'s merge personality "RealTekUSB3Preferred"' },
  '0bda:8156': { value: 3, source: 'a report of an RTL8156 that ran in its ECM configuration' },
  '2eca:c101': { value: 2, source: 'kUSBPreferredConfiguration in an ioreg of an AQC111U' },
  '04e8:6860': { value: 2, source: 'kUSBPreferredConfiguration in an ioreg of this phone' },
};
