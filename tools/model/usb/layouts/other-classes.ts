// other-classes.ts — class-specific descriptors of what stands beside a network function: HID, DFU, smart card, mass storage.

import { bcd, hex8, hex16, hex32, layout, u8, u16 } from '../layout.ts';
import { bits, named } from '../meanings.ts';
import { TYPE } from './standard.ts';

export const HID = layout(
  'HID',
  TYPE.hid,
  [bcd('bcdHID'), u8('bCountryCode'), u8('bNumDescriptors')],
  [hex8('bDescriptorType', named({ 34: 'report', 35: 'physical' })), u16('wDescriptorLength')],
);

export const DFU = layout('DFU functional', TYPE.hid, [
  hex8('bmAttributes', bits('download', 'upload', 'manifestation tolerant', 'detaches by itself')),
  u16('wDetachTimeOut'),
  u16('wTransferSize'),
]);
/** DFU 1.0 had no version field: seven bytes. */
export const DFU_1_1 = layout('DFU functional', TYPE.hid, [
  hex8('bmAttributes', bits('download', 'upload', 'manifestation tolerant', 'detaches by itself')),
  u16('wDetachTimeOut'),
  u16('wTransferSize'),
  bcd('bcdDFUVersion'),
]);

export const SMART_CARD = layout('Smart card', TYPE.hid, [
  bcd('bcdCCID'),
  u8('bMaxSlotIndex'),
  hex8('bVoltageSupport', bits('5.0 V', '3.0 V', '1.8 V')),
  hex32('dwProtocols'),
  hex32('dwDefaultClock'),
  hex32('dwMaxiumumClock'),
  u8('bNumClockSupported'),
  hex32('dwDataRate'),
  hex32('dwMaxDataRate'),
  u8('bNumDataRatesSupp'),
  hex32('dwMaxIFSD'),
  hex32('dwSyncProtocols'),
  hex32('dwMechanical'),
  hex32('dwFeatures'),
  hex32('dwMaxCCIDMsgLen'),
  hex8('bClassGetResponse'),
  hex8('bClassEnvelope'),
  hex16('wlcdLayout'),
  u8('bPINSupport'),
  u8('bMaxCCIDBusySlots'),
]);

export const PIPE_USAGE = layout('UAS pipe usage', TYPE.classInterface, [
  u8('bPipeID', named({ 1: 'command', 2: 'status', 3: 'data in', 4: 'data out' })),
  u8('bReserved'),
]);
