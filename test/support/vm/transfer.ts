import type { LiveGuest } from './live-guest.ts';

/** SHA-256 of what one end sent and of what the other received. */
export interface Transferred {
  readonly sent: string;
  readonly received: string;
}

/** Something with a network of its own on this machine. */
interface End {
  run(...command: string[]): Promise<string>;
}

const BYTES = 1 << 20;
const PORT = 9000;

const digest = (output: string) => /[0-9a-f]{64}/.exec(output)?.[0] ?? `no digest in: ${output}`;

/** Random bytes from an end's interfaces to an address of the guest's, over TCP. */
export async function sendFile(guest: LiveGuest, end: End, address: string): Promise<Transferred> {
  const receiving = guest.run(`busybox nc -l -p ${PORT} | sha256sum`);
  const sent = await end.run('bash', '-c', `${connect(address)}; ${RANDOM} | tee >(sha256sum >&2) >&3`);
  return { sent: digest(sent), received: digest(await receiving) };
}

/** Random bytes from an address of the guest's to an end's interfaces, over TCP. */
export async function receiveFile(guest: LiveGuest, end: End, address: string): Promise<Transferred> {
  const sending = guest.run(
    `${RANDOM} >/tmp/random; busybox nc -l -p ${PORT} </tmp/random >/dev/null; sha256sum /tmp/random`,
  );
  const received = await end.run('bash', '-c', `${connect(address)}; head -c ${BYTES} <&3 | sha256sum`);
  return { sent: digest(await sending), received: digest(received) };
}

const RANDOM = `head -c ${BYTES} /dev/urandom`;

/** Tries, for half a minute, until the other end listens. */
const connect = (address: string) =>
  `for i in {1..300}; do exec 3<>/dev/tcp/${address}/${PORT} && break; sleep 0.1; done 2>/dev/null`;
