import type { LiveGuest } from './live-guest.ts';

/** A port of an adapter that Linux's own driver serves in a guest. Port n has 10.91.n.1 there; the far end is 10.91.n.2. */
export interface AttachedPort {
  readonly port: number;
  readonly name: string;
}

/** Attaches an adapter this machine exports; its interfaces, found by their MACs, configured and up. */
export async function attach(
  guest: LiveGuest,
  at: { readonly port: number; readonly busId: string },
  macs: readonly string[],
): Promise<AttachedPort[]> {
  await guest.run(`modprobe -a vhci_hcd cdc_ncm cdc_ether
    usbip --tcp-port ${at.port} attach -r 10.0.2.2 -b ${at.busId}`);
  const ports: AttachedPort[] = [];
  for (const [index, mac] of macs.entries()) {
    const port = index + 1;
    const name = await guest.run(`
      on-news 30 "grep -q ${mac} /sys/class/net/*/address"
      name=$(basename $(dirname $(grep -l ${mac} /sys/class/net/*/address)))
      ip address add ${nearAddress(port)}/24 dev $name
      ip link set $name up
      echo $name`);
    ports.push({ port, name });
  }
  return ports;
}

export const nearAddress = (port: number) => `10.91.${port}.1`;
export const farAddress = (port: number) => `10.91.${port}.2`;

/** Asks the far end of a port until it answers: frames sent before the link is up everywhere are lost. */
export const waitForAnswer = (guest: LiveGuest, { port }: AttachedPort) =>
  guest.run(`ping -c 1 -w 20 ${farAddress(port)}`);

/** Waits until a port's carrier is what it should be. */
export const waitForCarrier = (guest: LiveGuest, { name }: AttachedPort, isUp: boolean) =>
  guest.run(`on-news 60 "grep -q ${isUp ? 1 : 0} /sys/class/net/${name}/carrier"`);

/** The counters of `ethtool -S`. */
export async function ethtoolCounters(guest: LiveGuest, { name }: AttachedPort): Promise<Map<string, number>> {
  const output = await guest.run(`ethtool -S ${name}`);
  const rows = [...output.matchAll(/^\s+(\w+): (\d+)$/gm)];
  return new Map(rows.map(([, key = '', value]) => [key, Number(value)]));
}

/** Blocks a port's driver gave up, as the kernel counts them; cdc_ncm counts one for a block, however many frames are in it. */
export const transmitDrops = async (guest: LiveGuest, { name }: AttachedPort) =>
  Number(await guest.run(`cat /sys/class/net/${name}/statistics/tx_dropped`));

/** What a guest's drivers gave up since `watchDrops`: how often for their own timer's sake, and what else led there. */
export async function drops(guest: LiveGuest): Promise<{ byTimer: number; otherwise: string[] }> {
  const table = await guest.run('test/vm/guest/watch-drops.sh show');
  const ways = [...table.matchAll(/\{ stacktrace:([^}]*)\} hitcount: +(\d+)/g)].map(([, calls = '', count]) => ({
    calls,
    count: Number(count),
  }));
  const isTimers = ({ calls }: { readonly calls: string }) =>
    /usbnet_start_xmit\S* \[usbnet\]\s+cdc_ncm_txpath_bh/.test(calls);
  return {
    byTimer: ways.filter(isTimers).reduce((sum, { count }) => sum + count, 0),
    otherwise: ways.filter((way) => !isTimers(way)).map(({ calls }) => calls),
  };
}

/** Before the first port is attached; once for each guest. */
export const watchDrops = (guest: LiveGuest) => guest.run('test/vm/guest/watch-drops.sh start');

/** What the kernel itself counted wrong on a port, of everything it counts but what it gave up itself (`transmitDrops`). */
export const kernelErrors = (guest: LiveGuest, { name }: AttachedPort) =>
  guest.run(`cd /sys/class/net/${name}/statistics; grep -H . *err* rx_*drop* collisions | grep -v ':0$' || true`);
