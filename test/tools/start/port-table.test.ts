import { describe, expect, it } from 'vitest';
import { formatPortTable, type PortRow } from '../../../tools/report/host/port-table.ts';

const port: PortRow = {
  port: 1,
  name: 'en5',
  mac: '02:85:d8:a2:e2:01',
  link: true,
  bitsPerSecond: 1e9,
  receiving: 784,
  transmitting: 1120,
  roundTrip: 0.3624,
};

describe('the table of npm start', () => {
  it('has a line a port', () => {
    const silent: PortRow = { ...port, port: 2, name: 'en6', link: false, roundTrip: 'not yet' };
    expect(formatPortTable([port, silent], 100, false)).toEqual([
      'PORT  INTERFACE  MAC                LINK  SPEED     RECEIVING  TRANSMITTING  PING',
      '1     en5        02:85:d8:a2:e2:01  up    1 Gbit/s  784 bit/s  1.12 kbit/s   0.36 ms',
      '2     en6        02:85:d8:a2:e2:01  down  –         784 bit/s  1.12 kbit/s   –',
    ]);
  });

  it.each([
    [80, ['PORT', 'INTERFACE', 'LINK', 'SPEED', 'RECEIVING', 'TRANSMITTING', 'PING']],
    [60, ['PORT', 'INTERFACE', 'LINK', 'RECEIVING', 'TRANSMITTING', 'PING']],
    [40, ['PORT', 'INTERFACE', 'LINK', 'PING']],
  ])('shows in %i columns what matters most', (width, heads) => {
    const [head = ''] = formatPortTable([{ ...port, roundTrip: 'none' }], width, false);
    expect(head.split(/ +/)).toEqual(heads);
  });
});
