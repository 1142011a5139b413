// class-names.ts — names of the classes a network adapter and its companions use (USB-IF class codes; our own words for private ones).

const CLASSES: Readonly<Record<number, string>> = {
  0: 'defined by the interfaces',
  1: 'audio',
  2: 'communications',
  3: 'human interface',
  5: 'physical',
  6: 'still image',
  7: 'printer',
  8: 'mass storage',
  9: 'hub',
  10: 'CDC data',
  11: 'smart card',
  13: 'content security',
  14: 'video',
  15: 'personal healthcare',
  16: 'audio and video',
  17: 'billboard',
  18: 'Type-C bridge',
  19: 'bulk display',
  20: 'MCTP',
  60: 'I3C',
  220: 'diagnostic',
  224: 'wireless',
  239: 'miscellaneous',
  254: 'application specific',
  255: 'vendor specific',
};

/** Keyed `class/subclass`, hexadecimal. */
const SUBCLASSES: Readonly<Record<string, string>> = {
  '01/01': 'audio control',
  '01/02': 'audio streaming',
  '01/03': 'MIDI streaming',
  '02/01': 'direct line',
  '02/02': 'abstract control (modem)',
  '02/03': 'telephone control',
  '02/06': 'Ethernet control (ECM)',
  '02/08': 'wireless handset control',
  '02/09': 'device management',
  '02/0a': 'mobile direct line (MDLM)',
  '02/0b': 'object exchange',
  '02/0c': 'Ethernet emulation (EEM)',
  '02/0d': 'network control (NCM)',
  '02/0e': 'mobile broadband (MBIM)',
  '08/06': 'SCSI',
  '0e/01': 'video control',
  '0e/02': 'video streaming',
  'e0/01': 'radio frequency',
  'fe/01': 'firmware update (DFU)',
};

/** Keyed `class/subclass/protocol`, hexadecimal: those whose meaning is the whole triple. */
const TRIPLES: Readonly<Record<string, string>> = {
  '02/02/01': 'AT commands',
  '02/02/ff': 'RNDIS (or a vendor protocol)',
  '02/0c/07': 'EEM',
  '03/01/01': 'keyboard',
  '03/01/02': 'mouse',
  '08/06/50': 'bulk only',
  '08/06/62': 'UAS',
  '0a/00/01': 'NCM data',
  '0a/00/02': 'MBIM data',
  'e0/01/01': 'Bluetooth',
  'e0/01/03': 'RNDIS',
  'ef/02/01': 'device with interface associations',
  'ef/04/01': 'RNDIS over Ethernet',
  'fe/01/01': 'DFU in the running firmware',
  'fe/01/02': 'DFU mode',
  'ff/42/01': 'ADB',
  'ff/42/03': 'fastboot',
  'ff/fd/01': 'Apple private network',
};

const two = (value: number) => value.toString(16).padStart(2, '0');

/** `02/0d/00`: how a class, subclass and protocol are written everywhere. */
export const tripleText = (triple: readonly number[]) => triple.map(two).join('/');

export const className = (value: number) => CLASSES[value] ?? '';
export const subclassName = (triple: readonly number[]) => SUBCLASSES[triple.slice(0, 2).map(two).join('/')] ?? '';
export const tripleName = (triple: readonly number[]) => TRIPLES[tripleText(triple)] ?? '';

/** The most telling name of a triple there is; empty when it has none. */
export const bestName = (triple: readonly number[]) =>
  tripleName(triple) || subclassName(triple) || className(triple[0] ?? 0);
