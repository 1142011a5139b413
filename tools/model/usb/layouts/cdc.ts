// cdc.ts — class-specific descriptors of communications interfaces (CDC 1.2, ECM 1.2, NCM 1.1, MBIM 1.0, WMC 1.1).

import { bcd, bytes, hex8, hex16, hex32, layout, rest, str, u8, u16, uuid } from '../layout.ts';
import { bits, meansHighSpeedDivision } from '../meanings.ts';
import { TYPE } from './standard.ts';

export const CDC_SUBTYPE = {
  header: 0x00,
  callManagement: 0x01,
  union: 0x06,
  ethernet: 0x0f,
  mdlm: 0x12,
  ncm: 0x1a,
  mbim: 0x1b,
} as const;

const cdc = (subtype: number) => [TYPE.classInterface, subtype] as const;

/** NCM 1.1, table 5-2. */
const NCM_CAPABILITIES = bits(
  'packet filter',
  'net address',
  'encapsulated commands',
  'max datagram size',
  'CRC mode',
  '8-byte NTB input size',
);

export const CDC = [
  layout('CDC header', cdc(0x00), [bcd('bcdCDC')]),
  layout('CDC call management', cdc(0x01), [
    hex8('bmCapabilities', bits('handles calls itself', 'over the data interface')),
    u8('bDataInterface'),
  ]),
  layout('CDC abstract control', cdc(0x02), [
    hex8('bmCapabilities', bits('comm features', 'line coding and serial state', 'sends break', 'network connection')),
  ]),
  layout('CDC direct line', cdc(0x03), [hex8('bmCapabilities')]),
  layout('CDC telephone ringer', cdc(0x04), [u8('bRingerVolSteps'), u8('bNumRingerPatterns')]),
  layout('CDC telephone call', cdc(0x05), [hex32('bmCapabilities')]),
  layout('CDC union', cdc(0x06), [u8('bControlInterface')], [u8('bSubordinateInterface')]),
  layout('CDC country', cdc(0x07), [str('iCountryCodeRelDate')], [hex16('wCountryCode')]),
  layout('CDC telephone operations', cdc(0x08), [hex8('bmCapabilities')]),
  layout('CDC network channel terminal', cdc(0x0a), [
    u8('bEntityId'),
    str('iName'),
    u8('bChannelIndex'),
    u8('bPhysicalInterface'),
  ]),
  layout('CDC Ethernet', cdc(0x0f), [
    str('iMACAddress'),
    hex32('bmEthernetStatistics'),
    u16('wMaxSegmentSize'),
    hex16('wNumberMCFilters', meansHighSpeedDivision),
    u8('bNumberPowerFilters'),
  ]),
  layout('CDC wireless handset', cdc(0x11), [bcd('bcdVersion')]),
  layout('CDC MDLM', cdc(0x12), [bcd('bcdVersion'), uuid('bGUID')]),
  layout('CDC MDLM detail', cdc(0x13), [hex8('bGuidDescriptorType'), rest('bDetailData')]),
  layout('CDC device management', cdc(0x14), [bcd('bcdVersion'), u16('wMaxCommand')]),
  layout('CDC object exchange', cdc(0x15), [bcd('bcdVersion')]),
  layout('CDC command set', cdc(0x16), [bcd('bcdVersion'), str('iCommandSet'), bytes('bGUID', 16)]),
  layout('CDC NCM', cdc(0x1a), [bcd('bcdNcmVersion'), hex8('bmNetworkCapabilities', NCM_CAPABILITIES)]),
  layout('CDC MBIM', cdc(0x1b), [
    bcd('bcdMBIMVersion'),
    u16('wMaxControlMessage'),
    u8('bNumberFilters'),
    u8('bMaxFilterSize'),
    u16('wMaxSegmentSize'),
    hex8('bmNetworkCapabilities', NCM_CAPABILITIES),
  ]),
  layout('CDC MBIM extended', cdc(0x1c), [
    bcd('bcdMBIMExtendedVersion'),
    u8('bMaxOutstandingCommandMessages'),
    u16('wMTU'),
  ]),
];
