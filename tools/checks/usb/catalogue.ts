// catalogue.ts — every rule's id with its level, who chokes on it and what to do. What was seen is the rule's to say.
//
// "Linux" is the kernel's drivers/usb/core/config.c, cdc_ether.c and cdc_ncm.c; "macOS" is Apple's published CDC and USB
// family sources and reports about the current, closed ones.

import type { Level } from './finding.ts';

interface Entry {
  readonly level: Level;
  readonly effect: string;
  readonly fix: string;
}

const fail = (effect: string, fix: string): Entry => ({ level: 'fail', effect, fix });
const warn = (effect: string, fix: string): Entry => ({ level: 'warn', effect, fix });
const note = (effect: string, fix: string): Entry => ({ level: 'note', effect, fix });

const FIRMWARE = 'Correct it in the device firmware.';
const REDUMP = 'Take the dump again; if it stays, correct the device firmware.';

export const CATALOGUE = {
  'SET-EMPTY': fail('There is nothing to look at.', 'Take the dump again: the file has no bytes.'),
  'SET-UNKNOWN': fail('No host can use this as a descriptor.', 'Dump the sysfs file `descriptors`, or `lsusb -v`.'),
  'LEN-ZERO': fail('Every host stops reading here; libusb refuses the whole device.', FIRMWARE),
  'LEN-SHORT': fail(
    'Linux skips the descriptor or refuses the configuration; libusb fails with an I/O error.',
    FIRMWARE,
  ),
  'LEN-OVER': fail(
    'Readers that believe it read beyond the end; lsusb 014 crashes; libusb silently drops the rest.',
    REDUMP,
  ),
  'CFG-TYPE': fail('Linux says "invalid descriptor for config" and the device does not appear.', FIRMWARE),
  'CFG-TOTAL': fail(
    'Hosts read wTotalLength bytes: too few hides interfaces, too many fails the read or lists garbage.',
    FIRMWARE,
  ),
  'CFG-NUMIF': warn(
    'Linux prints "has N interfaces, different from the descriptor\'s value"; libusb with 200 refuses the device.',
    FIRMWARE,
  ),
  'CFG-VALUE': fail(
    'SET_CONFIGURATION cannot select it: value 0 means unconfigured, a value used twice selects either.',
    FIRMWARE,
  ),
  'CFG-ATTR': note('USB 2.0, 9.6.3 wants bit 7 set; compliance tests fail, hosts do not care.', FIRMWARE),
  'CFG-POWER': warn(
    'A host does not configure what its port cannot feed; macOS shows "USB device needs more power".',
    'Ask for less, or use a powered hub.',
  ),
  'DEV-NUMCFG': fail(
    'libusb reads configurations that are not there and drops the device; Linux stops at 8.',
    FIRMWARE,
  ),
  'DEV-MPS0': fail('The first transfer already fails: hosts reset the port and give up.', FIRMWARE),
  'DEV-BCD': note(
    'Hosts compare versions as numbers; a digit above 9 confuses tools and rules that match bcdDevice.',
    FIRMWARE,
  ),
  'DEV-CLASSFF': warn(
    'macOS does not configure a device of class ff: no interface appears until a driver selects a configuration.',
    'A driver must match the device itself and call SetConfiguration.',
  ),
  'IF-GAP': warn(
    'gousb and some hosts index interfaces by position; Linux and macOS cope.',
    'Match by bInterfaceNumber, never by position.',
  ),
  'IF-ORDER': warn(
    'Readers that index by position take the wrong interface.',
    'Match by bInterfaceNumber, never by position.',
  ),
  'IF-DUP': fail('Linux prints "Duplicate descriptor ... skipping" and ignores the second one.', FIRMWARE),
  'ALT-ORDER': warn('Some hosts take the position for the alternate setting.', FIRMWARE),
  'ALT-GAP': warn('SET_INTERFACE to the missing number stalls; some hosts count instead of reading.', FIRMWARE),
  'ALT-PIPES': warn(
    'NCM 1.0, 5.2 and ECM want a data interface without pipes as setting 0: there is no way to stop its traffic or to reset it.',
    'The driver must not rely on setting 0 to stop the pipes.',
  ),
  'EP-DUP': fail('Linux keeps the first and ignores the second: one of the two functions has no pipe.', FIRMWARE),
  'EP-COUNT': fail('Linux reads as many as bNumEndpoints says; macOS uses the same count for its pipes.', FIRMWARE),
  'EP-ADDR': fail('Linux prints "has an invalid endpoint descriptor ... skipping".', FIRMWARE),
  'EP-MPS0': fail('Linux disables the pipe; a transfer on it never moves a byte.', FIRMWARE),
  'EP-MPS': fail('Linux corrects the size and prints a warning; others send packets the device cannot take.', FIRMWARE),
  'EP-INTERVAL': warn('Linux changes it to its own value; a poll rate nobody asked for is the result.', FIRMWARE),
  'EP-BULKLS': fail('Low speed has no bulk pipes (USB 2.0, 5.8.2); Linux turns it into an interrupt pipe.', FIRMWARE),
  'SS-NOCOMP': fail(
    'Linux assumes a burst of one packet: slow at best; some host controllers refuse the pipe.',
    FIRMWARE,
  ),
  'SS-BURST': fail('More than a burst may have (USB 3.2, 9.6.7); hosts reduce it.', FIRMWARE),
  'SS-ATTR': warn('Reserved bits of the companion are set; a host may take them for streams.', FIRMWARE),
  'SS-MULT': fail('More than three bursts for each interval cannot be scheduled; Linux reduces it.', FIRMWARE),
  'SS-WBPI': warn(
    'The host reserves bandwidth by wBytesPerInterval: a notification longer than it arrives in pieces or as babble.',
    'The driver must join split notifications; correct the firmware.',
  ),
  'CDC-NOUNION': warn(
    "Linux falls back to the association of two interfaces; Apple's older drivers take the next interface or none.",
    FIRMWARE,
  ),
  'CDC-UNION-DUP': warn('Linux uses the last one; others the first.', FIRMWARE),
  'CDC-UNION-BOGUS': fail('Linux refuses the function ("bogus CDC Union"), unless an association helps.', FIRMWARE),
  'CDC-UNION-SWAP': warn('Control and data interface are exchanged; Linux has a workaround, others do not.', FIRMWARE),
  'CDC-NOHEADER': warn(
    'CDC 1.2, 5.2.3 wants a header first; Linux accepts its absence for some classes only.',
    FIRMWARE,
  ),
  'CDC-NOETH': fail('Linux refuses ("missing functional descriptors"); there is no MAC address.', FIRMWARE),
  'CDC-NONCM': fail('Linux cdc_ncm refuses ("NCM or ECM functional descriptors missing").', FIRMWARE),
  'CDC-NOMBIM': fail('Linux cdc_mbim refuses the function.', FIRMWARE),
  'CDC-LEN': fail('A functional descriptor of the wrong length is skipped as if it were absent.', FIRMWARE),
  'CDC-DUP': fail('A second header or Ethernet descriptor is fatal in Linux cdc_ether.', FIRMWARE),
  'CDC-MISPLACED': warn(
    'Linux looks for them behind the configuration and behind endpoints too; macOS looks only behind the interface.',
    FIRMWARE,
  ),
  'CDC-DATACLASS': warn(
    'Linux refuses a data setting of another subclass; matching by class fails on macOS.',
    FIRMWARE,
  ),
  'CDC-NODATA': fail('There are no pipes to carry frames: no host brings this port up.', FIRMWARE),
  'CDC-MAC': warn(
    'The port gets an address that is not its own: two ports or two devices may share one.',
    'Our driver uses a stable locally administered address instead and reports it.',
  ),
  'CDC-MSS': warn(
    'The largest frame is not 1514: standard frames do not fit, or jumbo frames are promised.',
    'The driver must obey it; see the limits in the device file.',
  ),
  'NCM-FILTER': warn(
    "macOS' own driver drops the data interface at about one attachment in three without SetEthernetPacketFilter (bit 0).",
    'Set capability bit 0 and answer the request; our driver sends it only when the bit is set.',
  ),
  'NCM-VER': note('Only NCM 1.00 and 1.10 exist; drivers that check refuse it.', FIRMWARE),
  'CDC-NOTIFY': warn(
    'Without notifications a host never learns about the link, or believes it is up for ever.',
    'Treat the link as up; correct the firmware.',
  ),
  'IAD-COUNT': fail('Windows refuses the device (code 10); Linux warns.', FIRMWARE),
  'IAD-CLASS': warn(
    'Windows binds by the association, Linux and macOS by the interface: they disagree about what this is.',
    FIRMWARE,
  ),
  'IAD-OVERLAP': fail('An interface cannot belong to two functions; Windows refuses the device.', FIRMWARE),
  'IAD-ORDER': warn('An association must precede its interfaces (IAD ECN); Windows ignores a late one.', FIRMWARE),
  'IAD-DEVCLASS': warn(
    "Windows wants device class ef/02/01 with associations (code 10 otherwise); macOS' composite driver accepts 00/00/00.",
    FIRMWARE,
  ),
  'BOS-MISSING': note(
    'A device of USB 2.01 or later must have a BOS descriptor; a stalled request delays enumeration.',
    'Read it live (`--live`), or correct the firmware.',
  ),
  'BOS-TOTAL': fail('Hosts that believe it read too much or too little; some reset the port.', FIRMWARE),
  'BOS-COUNT': warn('Hosts stop early or read beyond the end.', FIRMWARE),
  'BOS-LPM': warn('bcdUSB 2.10 promises link power management; compliance tests fail without the bit.', FIRMWARE),
  'BOS-LATENCY': warn(
    'Exit latencies above 10 us (U1) or 2047 us (U2) are not allowed; hosts keep the link awake.',
    FIRMWARE,
  ),
  'BOS-CONTAINER': warn('Windows groups all devices with an empty container ID into one.', FIRMWARE),
  'SSP-LEN': fail(
    'The list of sublink speeds is longer than the descriptor; lsusb 014 reads beyond the end.',
    FIRMWARE,
  ),
  'MSOS-SET': warn('Windows ignores the subset, or fails the device with code 10.', FIRMWARE),
  'MSOS-LEN': warn('Windows ignores the whole set when a length does not add up.', FIRMWARE),
  'STR-READ': warn(
    'The string could not be read: the name, the serial number or the MAC address is missing.',
    'Read the device as root (`sudo`), or correct the firmware.',
  ),
  'STR-ASCII': warn('Tools that copy serial numbers into file or service names break on it.', FIRMWARE),
  SPEED: note('The device could run faster than it does.', 'Try another cable, port or hub.'),
  'FUNC-SPLIT': note(
    'Several network functions in one configuration: each must have pipes and an address of its own.',
    'Ports that have none of their own are not driven.',
  ),
} as const satisfies Readonly<Record<string, Entry>>;

export type RuleId = keyof typeof CATALOGUE;
