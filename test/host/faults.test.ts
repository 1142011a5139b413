import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionFraming } from '../../tools/model/host/answers.ts';
import { floodWithoutLoss, ping } from '../support/host/ping.ts';
import { RunningHost } from '../support/host/running-host.ts';

/** The port whose descriptors, strings or answers are wrong; the others are as they should be. */
const FAULTY = 2;
const PORTS = [1, 2, 3];

/** What one fault does: which ports come up all the same, and the lines that say why one does not or is not as it was. */
interface Consequence {
  readonly fault: readonly [kind: `${string}Fault`, name: string];
  readonly ports: readonly number[];
  readonly says: readonly string[];
}

const harmless = (kind: `${string}Fault`, ...names: string[]): Consequence[] =>
  names.map((name) => ({ fault: [kind, name], ports: PORTS, says: [] }));
const costsItsPort = (kind: `${string}Fault`, reason: string, ...names: string[]): Consequence[] =>
  names.map((name) => ({
    fault: [kind, name],
    ports: PORTS.filter((port) => port !== FAULTY),
    says: [`multiport: port ${FAULTY} cannot be used: ${reason}`],
  }));
const makesUpAddresses = (kind: `${string}Fault`, reason: string, name: string, ports = [FAULTY]): Consequence => ({
  fault: [kind, name],
  ports: PORTS,
  says: ports.map((port) => `multiport: port ${port}: makes up a hardware address: ${reason}`),
});
/** What is wrong with the device as a whole. */
const costsTheDevice = (kind: `${string}Fault`, name: string, line: string): Consequence => ({
  fault: [kind, name],
  ports: [],
  says: [line],
});
/** The descriptors cannot be read behind the third port's first. */
const costsTheLastPort = (name: string): Consequence => ({
  fault: ['descriptorFault', name],
  ports: [1, 2],
  says: [
    'multiport: port 3 cannot be used: the configuration descriptor breaks off inside of its function; ports behind it are missing, too',
  ],
});

const NO_BULK_PAIR = 'its data interface has no bulk endpoint for each direction';
const NOT_DIGITS = 'its string is not twelve hexadecimal digits';
const NO_FILTER = `multiport: port ${FAULTY}: the device does not take a packet filter, so it may pass too much`;
const RESERVED = "the device's is a group's or all zeros";

const CONSEQUENCES: readonly Consequence[] = [
  ...harmless('descriptorFault', 'noAssociation', 'noUnion', 'noNcm', 'noNotificationPipe', 'unionNamesNobody'),
  ...harmless('descriptorFault', 'swappedUnion', 'segmentSizeZero', 'totalLengthTooLong'),
  ...harmless('descriptorFault', 'tooManyInterfaces', 'noInterfaces'),
  ...costsItsPort('descriptorFault', NO_BULK_PAIR, 'noBulkOut', 'zeroPacketSize'),
  ...costsItsPort('descriptorFault', 'it claims the endpoints of another port', 'sameEndpoints'),
  ...['zeroLength', 'longClassDescriptor', 'totalLengthTooShort'].map(costsTheLastPort),
  costsTheDevice(
    'descriptorFault',
    'headerOnly',
    'multiport: the device has neither an ECM nor an NCM function, so it has no ports',
  ),
  ...['wrongType', 'noConfiguration'].map((name) =>
    costsTheDevice('descriptorFault', name, 'multiport: the device cannot be used: it refuses its configuration'),
  ),
  costsTheDevice('descriptorFault', 'shortDevice', 'USB device at sim-1: no device descriptor; left alone'),
  makesUpAddresses('descriptorFault', 'the device names none', 'noEthernet'),
  makesUpAddresses('descriptorFault', NOT_DIGITS, 'shortClass'),
  makesUpAddresses('descriptorFault', 'its string cannot be read', 'noStrings', PORTS),
  makesUpAddresses('descriptorFault', NOT_DIGITS, 'shortStrings', PORTS),

  makesUpAddresses('macFault', 'the device names none', 'missing'),
  makesUpAddresses('macFault', 'its string cannot be read', 'nowhere'),
  makesUpAddresses('macFault', 'another port of the device has it already', 'same'),
  ...['notHex', 'tooShort'].map((name) => makesUpAddresses('macFault', NOT_DIGITS, name)),
  ...['multicast', 'zero'].map((name) => makesUpAddresses('macFault', RESERVED, name)),

  ...harmless('notificationFault', 'split', 'repeated', 'connectionFirst', 'foreignInterface'),

  costsTheDevice('answerFault', 'silent', 'USB device at sim-1: no device descriptor; left alone'),
  costsTheDevice('answerFault', 'noConfigure', 'multiport: the device cannot be used: it refuses its configuration'),
  ...costsItsPort('answerFault', 'it does not answer GET_NTB_PARAMETERS', 'silentFunctions', 'noParameters'),
  ...costsItsPort('answerFault', 'its answer to GET_NTB_PARAMETERS is too short', 'shortParameters'),
  ...costsItsPort('answerFault', 'the blocks it offers are shorter than 2048 bytes', 'zeroSizes'),
  ...costsItsPort('answerFault', 'its data interface cannot be switched on', 'noAlternate'),
  {
    fault: ['answerFault', 'noFilters'],
    ports: PORTS,
    says: [NO_FILTER],
  },
  ...harmless('answerFault', 'hugeSizes', 'nonsense', 'noDivisors', 'noAddress'),
];

/** ECM functions are asked for little, so little can go wrong. */
const OF_ECM: readonly Consequence[] = [
  ...harmless(
    'descriptorFault',
    'noUnion',
    'noNotificationPipe',
    'unionNamesNobody',
    'swappedUnion',
    'segmentSizeZero',
  ),
  ...costsItsPort('descriptorFault', NO_BULK_PAIR, 'noBulkOut', 'zeroPacketSize'),
  ...costsItsPort('descriptorFault', 'it claims the endpoints of another port', 'sameEndpoints'),
  costsTheLastPort('totalLengthTooShort'),
  makesUpAddresses('descriptorFault', 'the device names none', 'noEthernet'),
  makesUpAddresses('macFault', RESERVED, 'multicast'),
  ...costsItsPort('answerFault', 'its data interface cannot be switched on', 'noAlternate'),
  ...harmless('answerFault', 'noParameters'),
  ...['silentFunctions', 'noFilters'].map((name) => ({
    fault: ['answerFault', name] as const,
    ports: PORTS,
    says: [NO_FILTER],
  })),
];

const speaking = (framing: FunctionFraming) => (consequence: Consequence) => ({ ...consequence, framing });

/** Lines that every plug-in brings. */
const USUAL = [/link (up|down)/, /^launched /, / started on /, / is en\d+, /, / at sim-1, SuperSpeed$/];
/** Lines in which the host repeats that the driver has given up. */
const ECHOES = [/::start\(.*\) fail: /, /::exit\(no services\)$/, / ended: /];

describe('an adapter that is wrong from the start', () => {
  let host: RunningHost;
  let told = 0;
  beforeAll(async () => {
    host = await RunningHost.start();
    await host.plug({ ports: 2, serial: 'bystander', location: 'sim-7' });
    for (const { name, port } of await host.interfaces())
      await host.run('ip', 'address', 'add', `10.83.${port}.1/24`, 'dev', name);
  });
  afterEach(async () => {
    for (const { device, serial } of await host.adapters()) if (serial !== 'bystander') await host.unplug(device);
    await host.quiet();
    expect((await host.interfaces()).map(({ name }) => name)).toEqual(['en5', 'en6']);
    expect(await host.servers()).toHaveLength(3);
  });
  afterAll(() => host.stop());

  /** What was logged since the last time it was asked, without what every plug-in brings. */
  const remarks = async () => {
    const lines = (await host.log()).filter(({ sequence }) => sequence > told);
    told = lines.at(-1)?.sequence ?? told;
    for (const { rule, text } of lines) expect(rule, text).toBe('');
    return lines.map(({ text }) => text).filter((text) => ![...USUAL, ...ECHOES].some((usual) => usual.test(text)));
  };
  const plug = async (more: object) => {
    await remarks();
    return host.plug({ ports: PORTS.length, serial: 'wrong', location: 'sim-1', ...more });
  };
  const comeUp = async () => (await host.interfaces()).filter(({ name }) => !['en5', 'en6'].includes(name));

  it.each([...CONSEQUENCES.map(speaking('ncm')), ...OF_ECM.map(speaking('ecm'))])(
    '$framing $fault.1: ports $ports work, and the log says why the others do not',
    async ({ fault, ports, says, framing }) => {
      const bystander = floodWithoutLoss(host, 7, 1, '10.83.1.2');
      await plug({ faultyPort: FAULTY, framings: PORTS.map(() => framing), [fault[0]]: fault[1] });
      const rows = (await comeUp()).toSorted((a, b) => a.port - b.port);
      expect(rows.map(({ port }) => port)).toEqual(ports);
      expect(new Set(rows.map(({ mac }) => mac)).size).toBe(ports.length);
      expect((await remarks()).map((text) => text.replace(/ \([0-9a-f]+\)$/, ''))).toEqual(says);
      for (const { name, port } of rows) {
        await host.run('ip', 'address', 'add', `10.77.${port}.1/24`, 'dev', name);
        await ping(host, `10.77.${port}.2`, 2);
      }
      await bystander;
    },
  );

  it('a device that does not take the address made up for it passes everything on, so the port works', async () => {
    const { device } = await plug({ faultyPort: FAULTY, macFault: 'missing', answerFault: 'noAddress' });
    const name = (await comeUp()).find(({ port }) => port === FAULTY)?.name ?? '';
    await host.run('ip', 'address', 'add', '10.77.2.1/24', 'dev', name);
    await ping(host, '10.77.2.2', 2);
    const filters = (await host.jacks(device)).map(({ filter }) => filter & 0x01);
    expect(filters).toEqual([0, 1, 0]);
  });

  it('a device that never says whether its link is up gets a line for each such port, and no link', async () => {
    await plug({ faultyPort: FAULTY, notificationFault: 'silent' });
    const remarked: string[] = [];
    await expect
      .poll(async () => {
        remarked.push(...(await remarks()));
        return remarked;
      })
      .toEqual([`multiport: port ${FAULTY}: the device has not said whether its link is up`]);
    const links = (await comeUp()).toSorted((a, b) => a.port - b.port).map(({ link }) => link);
    expect(links).toEqual([true, false, true]);
  });

  it('a device is pulled out while its first requests wait for an answer', async () => {
    for (const answerFault of ['silent', 'silentFunctions']) {
      const { device } = await host.control.request<{ device: number }>('plug', {
        ports: 7,
        serial: 'wrong',
        location: 'sim-1',
        answerFault,
      });
      await host.unplug(device);
      await host.quiet();
      expect(await comeUp()).toEqual([]);
    }
    await plug({});
    expect(await comeUp()).toHaveLength(PORTS.length);
  });

  it('no process died of any of this', async () => {
    const deaths = (await host.log()).filter(({ text }) => / ended: (?!exit code 0|it ended)/.test(text));
    expect(deaths).toEqual([]);
  });
});
