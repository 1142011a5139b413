// capabilities.ts — the BOS descriptor and its device capabilities (USB 3.2, 9.6.2; Billboard 1.2; USB PD).

import { bcd, bytes, hex8, hex16, hex32, layout, rest, str, u8, u16, uuid } from '../layout.ts';
import { bits, meansSpeeds, meansSublink, named, unit } from '../meanings.ts';
import { TYPE } from './standard.ts';

const capability = (subtype: number) => [TYPE.capability, subtype] as const;

export const BOS = layout('BOS', TYPE.bos, [u16('wTotalLength'), u8('bNumDeviceCaps')]);

export const PLATFORM_UUID = {
  msOs20: 'd8dd60df-4589-4cc7-9cd2-659d9e648a9f',
  webUsb: '3408b638-09a9-47a0-8bfd-a0768815b665',
} as const;

export const CAPABILITY = {
  usb2: 0x02,
  superSpeed: 0x03,
  container: 0x04,
  platform: 0x05,
  superSpeedPlus: 0x0a,
} as const;

export const CAPABILITIES = [
  layout('Wireless USB capability', capability(0x01), [rest('data')]),
  layout('USB 2.0 extension', capability(CAPABILITY.usb2), [
    hex32('bmAttributes', bits(null, 'LPM', 'BESL', 'baseline BESL valid', 'deep BESL valid')),
  ]),
  layout('SuperSpeed capability', capability(CAPABILITY.superSpeed), [
    hex8('bmAttributes', bits(null, 'latency tolerance messages')),
    hex16('wSpeedsSupported', meansSpeeds),
    u8('bFunctionalitySupport', named({ 0: 'low speed', 1: 'full speed', 2: 'high speed', 3: 'SuperSpeed' })),
    u8('bU1DevExitLat', unit(1, 'us')),
    u16('wU2DevExitLat', unit(1, 'us')),
  ]),
  layout('Container ID', capability(CAPABILITY.container), [u8('bReserved'), uuid('ContainerID')]),
  layout('Platform capability', capability(CAPABILITY.platform), [
    u8('bReserved'),
    uuid('PlatformCapabilityUUID'),
    rest('CapabilityData'),
  ]),
  layout('Power delivery capability', capability(0x06), [rest('data')]),
  layout('Battery capability', capability(0x07), [rest('data')]),
  layout('Power consumer capability', capability(0x08), [rest('data')]),
  layout('Power provider capability', capability(0x09), [rest('data')]),
  layout(
    'SuperSpeedPlus capability',
    capability(CAPABILITY.superSpeedPlus),
    [
      u8('bReserved'),
      hex32('bmAttributes', (value) => [
        `${(value & 31) + 1} sublink speed attributes`,
        `${((value >> 5) & 15) + 1} sublink speed ids`,
      ]),
      hex16('wFunctionalitySupport', (value) => [
        `at least speed ${value & 15}`,
        `${(value >> 8) & 15} receive and ${(value >> 12) & 15} transmit lanes`,
      ]),
      u16('wReserved'),
    ],
    [hex32('bmSublinkSpeedAttr', meansSublink)],
  ),
  layout('Precision time capability', capability(0x0b), [rest('data')]),
  layout('Wireless USB extension', capability(0x0c), [rest('data')]),
  layout(
    'Billboard',
    capability(0x0d),
    [
      str('iAdditionalInfoURL'),
      u8('bNumberOfAlternateModes'),
      u8('bPreferredAlternateMode'),
      hex16('VCONNPower'),
      bytes('bmConfigured', 32),
      bcd('bcdVersion'),
      hex8('bAdditionalFailureInfo'),
      u8('bReserved'),
    ],
    [hex16('wSVID'), u8('bAlternateMode'), str('iAlternateModeString')],
  ),
  layout('Authentication capability', capability(0x0e), [rest('data')]),
  layout('Billboard alternate mode', capability(0x0f), [u8('bIndex'), hex32('dwAlternateModeVdo')]),
  layout(
    'Configuration summary',
    capability(0x10),
    [bcd('bcdVersion'), hex8('bClass'), hex8('bSubClass'), hex8('bProtocol'), u8('bConfigurationCount')],
    [u8('bConfigurationIndex')],
  ),
  layout('Firmware status', capability(0x11), [u8('bcdVersion'), hex32('bmAttributes')]),
];
