// options.ts — what a check may know beyond the files themselves.

import type { Certificate } from '../../model/signing/certificate.ts';
import type { Profile } from '../../model/signing/profile.ts';

export type Distribution = 'development' | 'developer-id';

/** What a USB device says of itself: the numbers personalities are matched against. */
export interface UsbDevice {
  readonly idVendor: number;
  readonly idProduct: number;
  readonly bcdDevice: number;
  readonly bDeviceClass: number;
  readonly bDeviceSubClass: number;
  readonly bDeviceProtocol: number;
  readonly interfaces: readonly UsbInterface[];
}

export interface UsbInterface {
  readonly bConfigurationValue: number;
  readonly bInterfaceNumber: number;
  readonly bInterfaceClass: number;
  readonly bInterfaceSubClass: number;
  readonly bInterfaceProtocol: number;
}

/** A system extension macOS has staged already, from its database. */
export interface InstalledExtension {
  readonly identifier: string;
  /** CFBundleVersion. */
  readonly build: string;
  readonly team?: string | undefined;
  /** In hexadecimal. */
  readonly cdhashes: readonly string[];
}

export interface CheckOptions {
  readonly now: Date;
  /** Trusted roots: APPLE_ROOTS, save in tests. */
  readonly roots: readonly Certificate[];
  /** Used in place of the embedded provisioning profile. */
  readonly profile?: Profile | undefined;
  /** Provisioning UDID of the Mac it has to run on. */
  readonly device?: string | undefined;
  readonly target?: Target | undefined;
  readonly usbDevice?: UsbDevice | undefined;
  readonly installed?: readonly InstalledExtension[] | undefined;
  /** Where the app lies on the Mac it is checked on. */
  readonly location?: string | undefined;
}

export interface Target {
  /** Unsaid: what the signing certificate is for. */
  readonly distribution?: Distribution | undefined;
  /** The macOS version it has to run on, "15.4". */
  readonly macos?: string | undefined;
  readonly architecture?: 'arm64' | 'x86_64' | undefined;
}
