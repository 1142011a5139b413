// interface-configuration.ts — the output of `ifconfig` and `networksetup -listallhardwareports` in, OS interfaces out.

export interface InterfaceConfiguration {
  readonly name: string;
  readonly up: boolean;
  readonly mtu: number | undefined;
  readonly mac: string | undefined;
  /** IPv4 and IPv6 addresses without scope. */
  readonly addresses: readonly string[];
  /** What stands behind `media:`; `none` when the driver offers no medium. */
  readonly media: string | undefined;
  /** Absent when the driver never reported a link status. */
  readonly link: 'up' | 'down' | undefined;
}

/** Every interface of the output; lines before the first one are a part of an interface whose name was cut off. */
export function parseIfconfig(text: string): readonly InterfaceConfiguration[] {
  const blocks = text.split(/^(?=[a-z]+\d*: flags=)/m).filter((block) => /^\S+: flags=|^\s+\w/.test(block));
  return blocks.map(readBlock);
}

function readBlock(block: string): InterfaceConfiguration {
  const field = (pattern: RegExp) => pattern.exec(block)?.[1];
  const status = field(/^\s+status: (\w+)/m);
  const media = field(/^\s+media: (.+?)\s*$/m);
  const mtu = field(/ mtu (\d+)/);
  return {
    name: field(/^(\w+): flags=/) ?? '',
    up: /^\w+: flags=\w+<(?:\w+,)*UP[,>]/.test(block),
    mtu: mtu === undefined ? undefined : Number(mtu),
    mac: field(/^\s+ether ([0-9a-f:]{17})/m),
    addresses: [...block.matchAll(/^\s+inet6? ([0-9a-f.:]+)/gm)].flatMap((match) => match[1] ?? []),
    media: media !== undefined && /\(none\)|^none$/.test(media) ? 'none' : media,
    link: status === undefined ? undefined : status === 'active' ? 'up' : 'down',
  };
}

export interface HardwarePort {
  /** "Acme Quad, Port 3": what System Settings shows. */
  readonly label: string;
  readonly device: string;
}

export function parseHardwarePorts(text: string): readonly HardwarePort[] {
  const pairs = text.matchAll(/^Hardware Port: (.+)\r?\nDevice: (\S+)/gm);
  return [...pairs].map(([, label = '', device = '']) => ({ label, device }));
}
