// ip-address.ts — the output of `ip -json address show` in, OS interfaces in the same form as from `ifconfig` out.

import type { InterfaceConfiguration } from '../apple/interface-configuration.ts';

interface Link {
  readonly ifname?: string;
  readonly flags?: readonly string[];
  readonly mtu?: number;
  readonly address?: string;
  readonly operstate?: string;
  readonly addr_info?: readonly { readonly local?: string }[];
}

/** Nothing when it is no such output: addresses are a courtesy, a table without them is still one. */
export function parseIpAddress(text: string): readonly InterfaceConfiguration[] {
  try {
    const links = JSON.parse(text) as unknown;
    return Array.isArray(links) ? (links as readonly Link[]).map(readLink) : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

const readLink = ({ ifname, flags, mtu, address, operstate, addr_info: addresses }: Link): InterfaceConfiguration => ({
  name: ifname ?? '',
  up: flags?.includes('UP') ?? false,
  mtu,
  mac: address,
  addresses: (addresses ?? []).flatMap(({ local }) => local ?? []),
  media: undefined,
  link: operstate === 'UP' ? 'up' : operstate === 'DOWN' ? 'down' : undefined,
});
