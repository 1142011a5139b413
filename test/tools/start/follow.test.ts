import { describe, expect, it } from 'vitest';
import type { HostInterface } from '../../../tools/model/host/answers.ts';
import { follow, type Interfaces } from '../../../tools/plans/start/follow.ts';
import type { PortRow } from '../../../tools/report/host/port-table.ts';

const row = (port: number, { service = port, link = true, bytes = 0 } = {}): HostInterface => ({
  name: `en${port + 4}`,
  mac: `02:00:00:00:00:0${port}`,
  service,
  port,
  enabled: true,
  link,
  bitsPerSecond: 1e9,
  mtu: 1500,
  promiscuous: false,
  counters: { receivedBytes: bytes, transmittedBytes: 0 },
});

/** One list of rows a picture; what was done meanwhile, and what was shown. */
async function followed(lists: readonly (readonly HostInterface[])[], answers: Partial<Interfaces> = {}) {
  const stopping = new AbortController();
  const done: string[] = [];
  const shown: (readonly PortRow[])[] = [];
  let picture = 0;
  await follow(
    {
      list: async () => lists[picture++] ?? [],
      configure: async ({ name }) => void done.push(`configure ${name}`),
      ping: async ({ name }) => {
        done.push(`ping ${name}`);
        return 0.5;
      },
      now: () => picture * 2000,
      wait: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        if (picture === lists.length) stopping.abort();
      },
      ...answers,
    },
    stopping.signal,
    (rows) => shown.push(rows),
  );
  return { done, shown };
}

const trips = (shown: readonly (readonly PortRow[])[]) => shown.map((rows) => rows.map(({ roundTrip }) => roundTrip));

describe('the ports npm start shows', () => {
  it('are in the order of the case, with the answer to the ping before', async () => {
    const { shown } = await followed([
      [row(2), row(1)],
      [row(2), row(1)],
    ]);
    expect(shown.map((rows) => rows.map(({ port }) => port))).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(trips(shown)).toEqual([
      ['not yet', 'not yet'],
      [0.5, 0.5],
    ]);
  });

  it('get an address once each, also when they were plugged in later or again', async () => {
    const { done } = await followed([[row(1)], [row(1), row(2)], [], [row(1, { service: 9 })]]);
    expect(done).toEqual([
      'configure en5',
      'ping en5',
      'ping en5',
      'configure en6',
      'ping en6',
      'configure en5',
      'ping en5',
    ]);
  });

  it('are shown while one of them keeps its ping waiting, which is not asked twice', async () => {
    const asked: string[] = [];
    const ping = ({ name }: HostInterface) => {
      asked.push(name);
      return name === 'en5' ? new Promise<never>(() => undefined) : Promise.resolve(1);
    };
    const { shown } = await followed(
      [
        [row(1), row(2)],
        [row(1), row(2)],
        [row(1), row(2)],
      ],
      { ping },
    );
    expect(trips(shown)[2]).toEqual(['not yet', 1]);
    expect(asked.filter((name) => name === 'en5')).toHaveLength(1);
  });

  it('are not pinged while their cable is out', async () => {
    const { shown, done } = await followed([[row(1)], [row(1, { link: false })], [row(1, { link: false })]]);
    expect(trips(shown)).toEqual([['not yet'], ['not yet'], ['not yet']]);
    expect(done).toEqual(['configure en5', 'ping en5']);
  });

  it('may go away while they are being configured', async () => {
    const configure = () => Promise.reject(new Error('Cannot find device "en5"'));
    const { shown } = await followed([[row(1)], [row(1)], []], { configure });
    expect(trips(shown)).toEqual([['not yet'], ['none'], []]);
  });

  it('say what a port carried in a second, however long the picture took', async () => {
    const { shown } = await followed([[row(1, { bytes: 1000 })], [row(1, { bytes: 3000 })]]);
    expect(shown.map(([first]) => first?.receiving)).toEqual([0, 8000]);
  });

  it('end with the host, in its words', async () => {
    const list = () => Promise.reject(new Error('The host has ended'));
    await expect(followed([[]], { list })).rejects.toThrow('The host has ended');
  });
});
