// mac.ts — the MAC address a function names by a string of twelve hexadecimal digits (CDC ECM 1.2, 5.4).

/** `02:00:00:00:00:01`; undefined when the string is no address. */
export function macFromString(text: string | undefined): string | undefined {
  if (text === undefined || !/^[0-9a-f]{12}$/i.test(text)) return undefined;
  return (text.toLowerCase().match(/../g) ?? []).join(':');
}

/** Why no port can use this address; undefined for one that is fine. */
export function macTrouble(mac: string): string | undefined {
  const first = Number.parseInt(mac.slice(0, 2), 16);
  if (first & 1) return 'is a multicast address';
  return mac === '00:00:00:00:00:00' ? 'is all zero' : undefined;
}

/** Masked strings of a dump somebody made anonymous: no fault of the device. */
export const isMasked = (text: string) =>
  /^[\s(<[]*(masked|redacted|removed|hidden|anonymi[sz]ed|[x*#:-]+|\?\?)[\s)>\]]*$/i.test(text);
