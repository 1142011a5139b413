// chips.ts — network chips by their USB ids: facts from the match tables of Linux' r8152, ax88179_178a, asix, aqc111, lan78xx
// and smsc95xx drivers and from the vendors' data sheets. Names and speeds only: what a chip can do for us its descriptors say.

export interface Chip {
  readonly name: string;
  /** Fastest link of its Ethernet port, Mbit/s. */
  readonly megabits: number;
}

const chip = (name: string, megabits: number, ...ids: readonly string[]): readonly [string, Chip][] =>
  ids.map((id) => [id, { name, megabits }]);

const CHIPS: ReadonlyMap<string, Chip> = new Map([
  ...chip(
    'ASIX AX88772',
    100,
    '0b95:7720',
    '0b95:772a',
    '0b95:772b',
    '0b95:7e2b',
    '05ac:1402',
    '2001:1a02',
    '07d1:3c05',
  ),
  ...chip('ASIX AX88178', 1000, '0b95:1780', '050d:5055'),
  ...chip(
    'ASIX AX88179',
    1000,
    ...['0b95:1790', '04b4:3610', '2001:4a00', '0df6:0072', '04e8:a100', '17ef:304b', '050d:0128', '0930:0a13'],
    ...['0711:0179', '07c9:000e', '07c9:000f', '07c9:0010'],
  ),
  ...chip('ASIX AX88178A', 1000, '0b95:178a'),
  ...chip('Realtek RTL8150', 100, '0bda:8150'),
  ...chip('Realtek RTL8152', 100, '0bda:8152', '2357:0602', '17ef:7203'),
  ...chip(
    'Realtek RTL8153',
    1000,
    ...[
      '0bda:8153',
      '0bda:8053',
      '0bda:8155',
      '2357:0601',
      '045e:07ab',
      '045e:07c6',
      '04e8:a101',
      '17ef:304f',
      '17ef:3054',
    ],
    ...[
      '17ef:3057',
      '17ef:3062',
      '17ef:3069',
      '17ef:3082',
      '17ef:7205',
      '17ef:720a',
      '17ef:720b',
      '17ef:720c',
      '17ef:7214',
    ],
    ...['17ef:721e', '17ef:a359', '17ef:a387', '13b1:0041', '0955:09ff', '045e:0927', '2baf:0012'],
  ),
  ...chip('Realtek RTL8156', 2500, '0bda:8156', '20f4:e02b', '2001:b301', '0b05:1976'),
  ...chip('Realtek RTL8157', 5000, '0bda:8157'),
  ...chip('Realtek RTL8159', 10_000, '0bda:815a'),
  ...chip('Aquantia AQC111U', 5000, '2eca:c101', '0b95:2790', '20f4:e05a', '1c04:0015'),
  ...chip('Aquantia AQC112U', 2500, '0b95:2791'),
  ...chip('Microchip LAN7800', 1000, '0424:7800', '07c9:0012'),
  ...chip('Microchip LAN7801', 1000, '0424:7801'),
  ...chip('Microchip LAN7850', 1000, '0424:7850'),
  ...chip('Microchip LAN9512/9514', 100, '0424:ec00'),
  ...chip('Microchip LAN9500', 100, '0424:9500', '0424:9505', '0424:9905', '0424:9e00', '0424:9e08'),
  ...chip('Microchip LAN7500', 1000, '0424:7500', '0424:7505'),
]);

export const idText = (vendor: number, product: number) =>
  [vendor, product].map((value) => value.toString(16).padStart(4, '0')).join(':');

export const knownChip = (vendor: number, product: number): Chip | undefined => CHIPS.get(idText(vendor, product));
