import { describe, expect, it } from 'vitest';
import { bindingProgram } from '../../../tools/adapters/linux/socket-binding.ts';
import { parseIpAddress } from '../../../tools/model/host/ip-address.ts';
import { FakeAdapter, FakeDriver } from '../../support/client/fake-driver.ts';
import { fakeMachine } from '../../support/client/fake-surroundings.ts';

const adapter = (name?: string) =>
  new FakeAdapter(1, 'MP000001', [{ label: 'Printer', ...(name === undefined ? {} : { interface: name }) }]);

describe('tools/ports run', () => {
  it('says on a Mac that it cannot, and what can be done there instead', async () => {
    const machine = fakeMachine(new FakeDriver(adapter('en7')), { platform: 'darwin' });
    const { exitCode, err } = await machine.run('run', '1', '--', 'curl', 'https://example.org');
    expect(exitCode).toBe(1);
    expect(err).toContain("macOS cannot send another program's traffic through port 1 (Printer)");
    for (const way of ['ping -b en7', 'curl --interface en7', 'IP_BOUND_IF']) expect(err).toContain(way);
    expect(machine.system.commands).toEqual([]);
  });

  it('says when the port has no interface', async () => {
    const { exitCode, err } = await fakeMachine(new FakeDriver(adapter())).run('run', '1', '--', 'true');
    expect([exitCode, err]).toEqual([1, expect.stringContaining('port 1 (Printer) has no OS interface')]);
  });

  it('says when the interface has gone meanwhile', async () => {
    const machine = fakeMachine(new FakeDriver(adapter('en7')), {
      programs: { 'ip -json link show dev en7': { exitCode: 1, stderr: 'Device "en7" does not exist.' } },
    });
    const { exitCode, err } = await machine.run('run', '1', '--', 'true');
    expect([exitCode, err]).toEqual([1, expect.stringContaining('en7 has gone')]);
  });
});

describe('the program that binds sockets', () => {
  it('stores the index in bound_dev_if, the first field of struct bpf_sock, and lets the socket be made', () => {
    expect(bindingProgram(0x1234).toString('hex').match(/.{16}/g)).toEqual([
      'b702000034120000', // r2 = 0x1234
      '6321000000000000', // *(u32 *)(r1 + 0) = r2
      'b700000001000000', // r0 = 1
      '9500000000000000', // exit
    ]);
  });
});

describe('the output of ip', () => {
  // iproute2 6.1, 2026-11-21, `ip -json address show` in the namespace of a host, one interface of five.
  const REAL =
    '[{"ifindex":7,"ifname":"en5","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"qdisc":"fq_codel","operstate":"UP","group":"default","txqlen":1000,"link_type":"ether","address":"02:85:d8:a2:e2:01","broadcast":"ff:ff:ff:ff:ff:ff","addr_info":[{"family":"inet","local":"10.77.1.1","prefixlen":24,"scope":"global","label":"en5","valid_life_time":4294967295,"preferred_life_time":4294967295},{"family":"inet6","local":"fe80::85:d8ff:fea2:e201","prefixlen":64,"scope":"link","valid_life_time":4294967295,"preferred_life_time":4294967295}]}]';

  it('has name, MTU, addresses and link', () => {
    expect(parseIpAddress(REAL)).toEqual([
      {
        name: 'en5',
        up: true,
        mtu: 1500,
        mac: '02:85:d8:a2:e2:01',
        addresses: ['10.77.1.1', 'fe80::85:d8ff:fea2:e201'],
        media: undefined,
        link: 'up',
      },
    ]);
  });

  it.each(['', '{}', 'Cannot open network namespace', '[{'])('is nothing when it is %j', (text) => {
    expect(parseIpAddress(text)).toEqual([]);
  });
});
