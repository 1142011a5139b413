import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../tools/adapters/project.ts';
import { Gadget } from '../support/vm/gadget.ts';
import { guestImage } from '../support/vm/image.ts';
import { LiveGuest } from '../support/vm/live-guest.ts';
import { hearAfterFailure } from '../support/vm/witness.ts';

const NOBODY = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
/** A copy that everybody may read, however private the checkout is. */
const COPY = '/tmp/probe';
const PACKAGES = [
  'ajv',
  'fast-deep-equal',
  'fast-uri',
  'json-schema-traverse',
  'koffi',
  'usb',
  '@koromix',
  '@node-usb',
];
const NTB_PARAMETERS = { bmNtbFormatsSupported: 3, dwNtbInMaxSize: 16_384, dwNtbOutMaxSize: 16_384 };

describe("tools/probe on Linux's gadget, plugged into a real kernel", () => {
  let guest: LiveGuest;
  let gadget: Gadget;
  beforeAll(async () => {
    await execa(join(PROJECT_ROOT, 'tools', 'probe'), ['--help']); // bundles it, so that the guest need not
    guest = await LiveGuest.start(await guestImage());
    gadget = await Gadget.up(guest, { count: 2, speed: 'super' });
    await guest.run(`test/vm/guest/gadget.sh where
      mkdir -p ${COPY}/node_modules
      cp build/tools/probe.mjs ${COPY}
      cp -r ${PACKAGES.map((name) => `node_modules/${name}`).join(' ')} ${COPY}/node_modules
      chmod -R a+rX ${COPY}`);
  });
  afterAll(() => guest?.stop());
  hearAfterFailure(() => [guest]);

  const probed = async (program: string) => {
    const [device] = JSON.parse(await guest.run(`${program} 1d6b:0104 --live --json`)).devices;
    const macs = device.ports.map(({ mac }: { mac: string | null }) => mac);
    return { sentence: device.verdict.sentence, macs, speed: device.speed, ...device };
  };
  const sentence = 'Drivable: two NCM ports.';
  const macs = () => gadget.ports.map(gadget.hostMac);

  it('is listed and marked as drivable', async () => {
    expect(await guest.run('tools/probe')).toMatch(/^✔ +2-1 +1d6b:0104 +5G +Linux ncm ncm — two NCM ports$/m);
  });

  it('tells root all that it says of itself, NTB parameters included, while nobody has it', async () => {
    expect(await probed('tools/probe')).toMatchObject({
      sentence,
      macs: macs(),
      notes: [],
      parts: { bos: expect.anything() },
      ntbParameters: { 0: NTB_PARAMETERS, 2: NTB_PARAMETERS },
    });
  });

  it('tells an ordinary user what the system knows, and how to have the rest', async () => {
    const told = await probed(`${NOBODY} node ${COPY}/probe.mjs`);
    expect(told).toMatchObject({ sentence, macs: [null, null], ntbParameters: {} });
    expect(told.notes).toEqual([expect.stringMatching(/^Not asked the device itself .*With sudo they are read\.$/)]);
  });

  it("is told by the system's driver what that has asked it, once it has one, and keeps it", async () => {
    await guest.run(`modprobe cdc_ncm; on-news 60 'test $(ls /sys/bus/usb/drivers/cdc_ncm | grep -c :) = 4'`);
    for (const program of ['tools/probe', `${NOBODY} node ${COPY}/probe.mjs`])
      expect(await probed(program)).toMatchObject({
        sentence,
        ntbParameters: { 0: NTB_PARAMETERS, 2: NTB_PARAMETERS },
      });
    expect(await guest.run('ls /sys/bus/usb/drivers/cdc_ncm | grep -c :')).toBe('4');
  });
});
