// meanings.ts — what the value of a field says, in words.

import { className, subclassName, tripleName } from './class-names.ts';
import type { Meaning } from './layout.ts';

/** Names for single bits, lowest first; null for a reserved one. */
export const bits =
  (...names: readonly (string | null)[]): Meaning =>
  (value) =>
    names.flatMap((name, bit) => (name && (value >>> bit) & 1 ? [name] : []));

export const named =
  (names: Readonly<Record<number, string>>): Meaning =>
  (value) =>
    names[value] === undefined ? [] : [names[value]];

export const unit =
  (factor: number, name: string): Meaning =>
  (value) => [`${value * factor} ${name}`];

export const meansClass: Meaning = (value) => [className(value)].filter((name) => name !== '');
export const meansSubclass: Meaning = (_, { classTriple }) => [subclassName(classTriple)].filter((name) => name !== '');
export const meansProtocol: Meaning = (_, { classTriple }) => [tripleName(classTriple)].filter((name) => name !== '');

/** bMaxPower counts 2 mA, at SuperSpeed 8 mA (USB 3.2, 9.6.3): it depends on the speed the device runs at. */
export const meansMaxPower: Meaning = (value, { speed }) => [`${value * (speed === 'super' ? 8 : 2)} mA`];

export const meansConfigurationAttributes: Meaning = (value) => [
  value & 0x40 ? 'self powered' : 'bus powered',
  ...(value & 0x20 ? ['remote wakeup'] : []),
  ...(value & 0x10 ? ['battery powered'] : []),
];

export const meansEndpointAddress: Meaning = (value) => [`endpoint ${value & 15} ${value & 0x80 ? 'IN' : 'OUT'}`];

const TRANSFER = ['control', 'isochronous', 'bulk', 'interrupt'] as const;
const SYNCHRONISATION = ['no synchronisation', 'asynchronous', 'adaptive', 'synchronous'] as const;
const USAGE = ['data', 'feedback', 'implicit feedback data', 'reserved usage'] as const;

export const transferType = (attributes: number) => TRANSFER[(attributes & 3) as 0 | 1 | 2 | 3];

export const meansEndpointAttributes: Meaning = (value) => {
  if ((value & 3) !== 1) return [transferType(value)];
  const synchronisation = SYNCHRONISATION[((value >> 2) & 3) as 0 | 1 | 2 | 3];
  return [transferType(value), synchronisation, USAGE[((value >> 4) & 3) as 0 | 1 | 2 | 3]];
};

export const meansPacketSize: Meaning = (value) => {
  const extra = (value >> 11) & 3;
  return [`${extra > 0 ? `${extra + 1} x ` : ''}${value & 0x7ff} bytes`];
};

/** Milliseconds between two polls: frames at full speed, 2^(n-1) microframes above (USB 2.0, 9.6.6; USB 3.2, 9.6.6). */
export function pollMilliseconds(speed: string, attributes: number, interval: number): number | undefined {
  const periodic = (attributes & 1) === 1;
  if (!periodic || interval === 0) return undefined;
  const exponential = speed === 'high' || speed === 'super';
  if (exponential) return interval > 16 ? undefined : 2 ** (interval - 1) / 8;
  return (attributes & 3) === 1 ? 2 ** (interval - 1) : interval;
}

export const meansInterval: Meaning = (value, { speed, bytes }) => {
  const every = pollMilliseconds(speed, bytes[3] ?? 0, value);
  return every === undefined ? [] : [`every ${every} ms`];
};

export const meansBurst: Meaning = (value) => [`${value + 1} packet${value === 0 ? '' : 's'} in a burst`];

/** A string's text comes with the report, so that masking has one place; see `Field.form`. */
export const meansHighSpeedDivision: Meaning = (value) => (value & 0x8000 ? ['imperfect filtering (hashing)'] : []);

const EXPONENT = ['b/s', 'kb/s', 'Mb/s', 'Gb/s'] as const;
const SUBLINK = ['symmetric receive', 'asymmetric receive', 'symmetric transmit', 'asymmetric transmit'] as const;

/** SuperSpeedPlus sublink speed attribute (USB 3.2, table 9-19). */
export const meansSublink: Meaning = (value) => [
  `speed ${value & 15}: ${value >>> 16} ${EXPONENT[((value >> 4) & 3) as 0 | 1 | 2 | 3]}`,
  SUBLINK[((value >> 6) & 3) as 0 | 1 | 2 | 3],
  (value >> 14) & 3 ? 'SuperSpeedPlus' : 'SuperSpeed',
];

export const meansSpeeds: Meaning = bits('low speed', 'full speed', 'high speed', 'SuperSpeed');
