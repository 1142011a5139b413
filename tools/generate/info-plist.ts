import type { Dictionary } from '../model/apple/property-list.ts';
import { BUNDLE } from './bundle.ts';
import type { NamedDevice } from './device-file.ts';

export interface InfoPlistOptions {
  readonly version: string;
  /** All services of the bundle in one process. On every personality or on none: the kernel finds the process by name alone. */
  readonly oneProcess: boolean;
}

/** The dext's Info.plist. Keys and values as IOCatalogue, IOService and IOUserServer of xnu read them. */
export function infoPlist(devices: readonly NamedDevice[], { version, oneProcess }: InfoPlistOptions): Dictionary {
  const shared = {
    CFBundleIdentifier: BUNDLE.identifier,
    IOUserServerName: BUNDLE.identifier,
    ...(oneProcess ? { IOUserServerOneProcess: true } : {}),
  };
  const controllers = devices.map((device) => [`Controller ${device.folder}`, controllerPersonality(device, shared)]);
  return {
    CFBundleDevelopmentRegion: 'en',
    CFBundleExecutable: BUNDLE.identifier,
    CFBundleIdentifier: BUNDLE.identifier,
    CFBundleInfoDictionaryVersion: '6.0',
    CFBundleName: BUNDLE.name,
    CFBundlePackageType: 'DEXT',
    CFBundleShortVersionString: version,
    CFBundleSupportedPlatforms: ['DriverKit'],
    CFBundleVersion: version,
    IOKitPersonalities: { ...Object.fromEntries(controllers), Port: portPersonality(shared) },
    OSBundleLibraries: { 'com.apple.iokit.IOSkywalkFamily': '1.0' },
    OSBundleRequired: 'DriverKit',
    OSBundleUsageDescription:
      'Makes each port of a USB adapter with several Ethernet ports a network interface of its own.',
    OSMinimumDriverKitVersion: BUNDLE.minimumDriverKit,
  };
}

// No IOMatchCategory: the controller has to win against the composite driver, which would give the interfaces to Apple's own
// network drivers, and drivers of different categories do not compete. No interface keys either: with them nothing matches.
const controllerPersonality = ({ file }: NamedDevice, shared: Dictionary): Dictionary => ({
  ...shared,
  CFBundleIdentifierKernel: 'com.apple.kpi.iokit',
  IOClass: 'IOUserService',
  IOProviderClass: 'IOUSBHostDevice',
  IOUserClass: BUNDLE.controllerClass,
  idVendor: Number(file.vendor.id),
  idProduct: Number(file.model.id),
  [BUNDLE.nubProperties]: { IOClass: 'IOUserService', IOUserClass: BUNDLE.nubClass, [BUNDLE.nubMark]: 'port' },
  [BUNDLE.userClientProperties]: { IOClass: 'IOUserUserClient', IOUserClass: BUNDLE.userClientClass },
});

// The provider's class alone would match every IOUserService of the machine, the controller among them.
const portPersonality = (shared: Dictionary): Dictionary => ({
  ...shared,
  CFBundleIdentifierKernel: 'com.apple.iokit.IOSkywalkFamily',
  IOClass: 'IOUserNetworkEthernet',
  IOPropertyMatch: { IOUserClass: BUNDLE.nubClass, [BUNDLE.nubMark]: 'port' },
  IOProviderClass: 'IOUserService',
  IOUserClass: BUNDLE.portClass,
});
