// check-driver-entitlements.ts — what the kernel asks of a dext's entitlements once amfid has let it pass.

import type { Trouble } from '../../model/finding.ts';
import { isArray, isDict, type PlistDict, type PlistValue, show } from '../../model/signing/plist.ts';
import { USB_TRANSPORT } from './match-entitlement.ts';
import type { UsbDevice } from './options.ts';
import { matchesUsb, meets, numberOf, type Personality, personalitiesOf, USB_INTERFACE } from './personality.ts';
import { trouble } from './report-trouble.ts';
import type { Subject } from './subject.ts';

const DRIVERKIT = 'com.apple.developer.driverkit';
const NETWORKING = 'com.apple.developer.driverkit.family.networking';
const APP_USB = 'com.apple.security.device.usb';

/** xnu IOUserServer::checkEntitlements: presence is asked for, save for transport.usb, whose value must match. */
export function checkDriverEntitlements(
  subject: Subject,
  claim: PlistDict,
  usbDevice: UsbDevice | undefined,
): readonly Trouble[] {
  const path = subject.program.path;
  const personalities = personalitiesOf(subject.info);
  const found: Trouble[] = [];
  if (!claim.has(DRIVERKIT)) {
    found.push(
      trouble('F57', 'driver-entitlement', {
        subject: path,
        title: `${DRIVERKIT} is not claimed`,
        seen: `claimed: ${[...claim.keys()].join(', ') || 'nothing'}`,
        consequence: `${DRIVERKIT} entitlement check failed`,
        fix: `Claim ${DRIVERKIT} = true, with a provisioning profile that grants it.`,
      }),
    );
  }
  const network = personalities.find(({ kernelClass }) => kernelClass === 'IOUserNetworkEthernet');
  if (network && !claim.has(NETWORKING)) {
    found.push(
      trouble('F57', 'driver-family', {
        subject: path,
        seen: `${network.name} is an ${network.kernelClass}; ${NETWORKING} is not claimed`,
      }),
    );
  }
  found.push(...checkTransport(path, claim, personalities.filter(isReadable), usbDevice));
  if (claim.has(APP_USB)) {
    found.push(
      trouble('F02', 'driver-app-sandbox', {
        level: 'warn',
        subject: path,
        title: `${APP_USB} belongs to the sandbox of apps`,
        seen: `${APP_USB} = ${show(claim.get(APP_USB))}`,
        consequence: 'Xcode refuses to sign a dext with it',
        fix: `Leave ${APP_USB} out; a dext needs ${USB_TRANSPORT}.`,
        confidence: 'medium',
      }),
    );
  }
  return found;
}

/** A USB personality whose vendor is no number is another trouble. */
function isReadable(personality: Personality): boolean {
  const vendor = personality.dict.get('idVendor');
  return matchesUsb(personality) && (vendor === undefined || numberOf(vendor) !== undefined);
}

function checkTransport(
  path: string,
  claim: PlistDict,
  personalities: readonly Personality[],
  usbDevice: UsbDevice | undefined,
): readonly Trouble[] {
  const value = claim.get(USB_TRANSPORT);
  for (const personality of personalities) {
    if (value !== undefined && covers(value, personality, usbDevice)) continue;
    return [
      trouble('F56', 'driver-transport', {
        subject: path,
        seen: `${personality.name} matches idVendor ${show(personality.dict.get('idVendor'))}; ${USB_TRANSPORT} is ${show(value)}`,
      }),
    ];
  }
  return [];
}

/** Whether some element of the claim lets the personality's device pass: "*" in the place of a number does. */
function covers(value: PlistValue, personality: Personality, usbDevice: UsbDevice | undefined): boolean {
  if (!isArray(value)) return false;
  return value.filter(isDict).some((element) => {
    if (usbDevice && meets(personality.dict, usbDevice, personality.provider === USB_INTERFACE))
      return meets(element, usbDevice, false);
    return ['idVendor', 'idProduct'].every((key) => {
      const wanted = personality.dict.get(key);
      const claimed = element.get(key);
      if (claimed === undefined || claimed === '*' || wanted === undefined) return true;
      return numberOf(claimed) !== undefined && numberOf(claimed) === numberOf(wanted);
    });
  });
}
