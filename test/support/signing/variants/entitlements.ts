// entitlements.ts — wrong in what is claimed against what is granted, and against what the kernel asks for.

import { DEXT_ID } from '../bundle.ts';
import { TEAM } from '../fake-apple.ts';
import type { Variant } from '../variants.ts';
import { both, claim, grant, profile } from './change.ts';

const USB = 'com.apple.developer.driverkit.transport.usb';
const NETWORKING = 'com.apple.developer.driverkit.family.networking';
const INSTALL = 'com.apple.developer.system-extension.install';
const CLIENT = 'com.apple.developer.driverkit.userclient-access';

export const ENTITLEMENT_VARIANTS: readonly Variant[] = [
  {
    name: 'vendor ids where the profile grants the wildcard dictionary',
    kind: 'development',
    change: claim('dext', { [USB]: [{ idVendor: 0x0bda }] }),
    id: 'F01',
    rule: 'entitlements-value',
    seen: /claimed \[\{idVendor = 3034\}\].*grants \[\{idVendor = "\*"\}\]/,
  },
  {
    name: 'a vendor id that is a string',
    kind: 'developer-id',
    change: claim('dext', { [USB]: [{ idVendor: '3034' }] }),
    id: 'F01',
    rule: 'entitlements-value',
    seen: /"3034"/,
  },
  {
    name: 'a boolean in the place of the USB array',
    kind: 'developer-id',
    change: claim('dext', { [USB]: true }),
    id: 'F01',
    rule: 'entitlements-value',
    seen: /claimed true/,
  },
  {
    name: 'a vendor more than was granted',
    kind: 'developer-id',
    change: claim('dext', { [USB]: [{ idVendor: 0x0bda }, { idVendor: 6223 }] }),
    id: 'F01',
    rule: 'entitlements-value',
    seen: /6223/,
  },
  {
    name: 'a USB entitlement that was not granted',
    kind: 'developer-id',
    change: grant('dext', { [USB]: undefined }),
    id: 'F02',
    rule: 'entitlements-not-granted',
    seen: /grants nothing/,
  },
  {
    name: 'a networking entitlement that was not granted',
    kind: 'developer-id',
    change: grant('dext', { [NETWORKING]: undefined }),
    id: 'F02',
    rule: 'entitlements-not-granted',
    seen: /grants nothing/,
  },
  {
    name: 'an entitlement granted with another value',
    kind: 'developer-id',
    change: grant('dext', { [NETWORKING]: false }),
    id: 'F20',
    rule: 'entitlements-value',
    seen: /claimed true.*grants false/,
  },
  {
    name: 'keychain groups of another team',
    kind: 'developer-id',
    change: claim('dext', { 'keychain-access-groups': ['Z9Y8X7W6V5.x'] }),
    id: 'F20',
    rule: 'entitlements-value',
    seen: /Z9Y8X7W6V5/,
  },
  {
    name: 'a profile that is none for DriverKit',
    kind: 'development',
    change: profile('dext', () => ({
      entitlements: {
        'com.apple.application-identifier': `${TEAM}.${DEXT_ID}`,
        'com.apple.developer.team-identifier': TEAM,
      },
    })),
    id: 'F03',
    rule: 'entitlements-no-driverkit',
    seen: /no DriverKit entitlement/,
  },
  {
    name: 'an application identifier of another program',
    kind: 'developer-id',
    change: both(
      claim('dext', { 'com.apple.application-identifier': `${TEAM}.com.example.other` }),
      grant('dext', { 'com.apple.application-identifier': `${TEAM}.*` }),
    ),
    id: 'F20',
    rule: 'entitlements-application-id',
    seen: /com\.example\.other/,
  },
  {
    name: 'an install entitlement that was not granted',
    kind: 'developer-id',
    change: grant('app', { [INSTALL]: undefined }),
    id: 'F17',
    rule: 'entitlements-not-granted',
    seen: /grants nothing/,
  },
  {
    name: 'an app that does not claim the install entitlement',
    kind: 'developer-id',
    change: claim('app', { [INSTALL]: undefined }),
    id: 'F44',
    rule: 'activation-install',
    seen: /is nothing/,
  },
  {
    name: 'a dext without the DriverKit entitlement',
    kind: 'developer-id',
    change: claim('dext', { 'com.apple.developer.driverkit': undefined }),
    id: 'F57',
    rule: 'driver-entitlement',
    seen: /claimed:/,
  },
  {
    name: 'an Ethernet driver without the networking entitlement',
    kind: 'developer-id',
    change: claim('dext', { [NETWORKING]: undefined }),
    id: 'F57',
    rule: 'driver-family',
    seen: /Port is an IOUserNetworkEthernet/,
  },
  {
    name: 'a USB driver without the USB entitlement',
    kind: 'developer-id',
    change: claim('dext', { [USB]: undefined }),
    id: 'F56',
    rule: 'driver-transport',
    seen: /is nothing/,
  },
  {
    name: "a USB entitlement for another vendor's devices",
    kind: 'developer-id',
    change: both(claim('dext', { [USB]: [{ idVendor: 1060 }] }), grant('dext', { [USB]: [{ idVendor: 1060 }] })),
    id: 'F56',
    rule: 'driver-transport',
    seen: /idVendor 3034.*1060/,
  },
  {
    name: 'a personality for a product the entitlement leaves out',
    kind: 'developer-id',
    change: both(
      claim('dext', { [USB]: [{ idVendor: 0x0bda, idProduct: 1 }] }),
      grant('dext', { [USB]: [{ idVendor: 0x0bda, idProduct: 1 }] }),
    ),
    id: 'F56',
    rule: 'driver-transport',
    seen: /idProduct = 1/,
  },
  {
    name: 'the USB entitlement of sandboxed apps on a dext',
    kind: 'developer-id',
    change: claim('dext', { 'com.apple.security.device.usb': true }),
    id: 'F02',
    rule: 'driver-app-sandbox',
    level: 'warn',
    seen: /device\.usb = true/,
  },
  {
    name: 'a client that names another driver',
    kind: 'developer-id',
    change: both(claim('app', { [CLIENT]: ['com.example.other'] }), grant('app', { [CLIENT]: ['com.example.other'] })),
    id: 'F66',
    rule: 'activation-client',
    level: 'warn',
    seen: /com\.example\.other/,
  },
  {
    name: 'a client of a driver without user clients',
    kind: 'developer-id',
    change: both(claim('app', { [CLIENT]: [DEXT_ID] }), grant('app', { [CLIENT]: [DEXT_ID] })),
    id: 'F67',
    rule: 'activation-user-client',
    level: 'warn',
    seen: /UserClientProperties/,
  },
];
