// lsusb-titles.ts — how `lsusb -v` calls descriptors and fields (usbutils 0.73 to 019), and which of our tables each one is.

import type { Layout } from '../layout.ts';
import { BOS, CAPABILITIES } from '../layouts/capabilities.ts';
import { CDC } from '../layouts/cdc.ts';
import { DFU_1_1, HID, SMART_CARD } from '../layouts/other-classes.ts';
import { ASSOCIATION, CONFIGURATION, DEVICE, ENDPOINT, INTERFACE, QUALIFIER, STANDARD } from '../layouts/standard.ts';

export type PartName = 'descriptors' | 'bos' | 'qualifier' | 'hub';

export interface Title {
  readonly layout: Layout;
  readonly part: PartName;
}

const all = [...CDC, ...CAPABILITIES, ...STANDARD];
const named = (name: string) => {
  const layout = all.find((each) => each.name === name);
  if (!layout) throw new Error(`no layout is named ${name}`);
  return layout;
};
const configured = (layout: Layout): Title => ({ layout, part: 'descriptors' });
const capability = (name: string): Title => ({ layout: named(name), part: 'bos' });

/** Titles in lower case, without their colon. */
export const TITLES: Readonly<Record<string, Title>> = {
  'device descriptor': configured(DEVICE),
  'configuration descriptor': configured(CONFIGURATION),
  'interface association': configured(ASSOCIATION),
  'interface descriptor': configured(INTERFACE),
  'endpoint descriptor': configured(ENDPOINT),
  'otg descriptor': configured(named('OTG')),
  'cdc header': configured(named('CDC header')),
  'cdc call management': configured(named('CDC call management')),
  'cdc acm': configured(named('CDC abstract control')),
  'cdc dlm': configured(named('CDC direct line')),
  'cdc union': configured(named('CDC union')),
  'country selection': configured(named('CDC country')),
  'cdc telephone operations': configured(named('CDC telephone operations')),
  'network channel terminal': configured(named('CDC network channel terminal')),
  'cdc ethernet': configured(named('CDC Ethernet')),
  'cdc mdlm': configured(named('CDC MDLM')),
  'cdc mdlm detail': configured(named('CDC MDLM detail')),
  'cdc device management': configured(named('CDC device management')),
  'cdc obex': configured(named('CDC object exchange')),
  'cdc command set': configured(named('CDC command set')),
  'cdc ncm': configured(named('CDC NCM')),
  'cdc mbim': configured(named('CDC MBIM')),
  'cdc mbim extended': configured(named('CDC MBIM extended')),
  'hid device descriptor': configured(HID),
  'hid descriptor': configured(HID),
  'chipcard interface descriptor': configured(SMART_CARD),
  'device firmware upgrade interface descriptor': configured(DFU_1_1),
  'device qualifier (for other device speed)': { layout: QUALIFIER, part: 'qualifier' },
  'hub descriptor': { layout: named('Hub'), part: 'hub' },
  'binary object store descriptor': { layout: BOS, part: 'bos' },
  'usb 2.0 extension device capability': capability('USB 2.0 extension'),
  'superspeed usb device capability': capability('SuperSpeed capability'),
  'superspeedplus usb device capability': capability('SuperSpeedPlus capability'),
  'container id device capability': capability('Container ID'),
  'platform device capability': capability('Platform capability'),
  'billboard capability': capability('Billboard'),
  'billboard alternate mode capability': capability('Billboard alternate mode'),
  'configuration summary device capability': capability('Configuration summary'),
};

/** lsusb's names that are not the specification's. */
export const FIELD_NAMES: Readonly<Record<string, string>> = {
  bMasterInterface: 'bControlInterface',
  bMaxPacketSize: 'bMaxPacketSize0',
  iMacAddress: 'iMACAddress',
  bmSublinkSpeed: 'bmSublinkSpeedAttr',
  bSlaveInterface: 'bSubordinateInterface',
  iSerialNumber: 'iSerial',
  MaxPower: 'bMaxPower',
  nNbrPorts: 'bNbrPorts',
  wHubCharacteristic: 'wHubCharacteristics',
  iCountryCodeRelDate: 'iCountryCodeRelDate',
};

/** lsusb calls several version fields by the name of another one. */
export const FIELD_NAMES_IN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'CDC MDLM': { bcdCDC: 'bcdVersion' },
};
