// identity.ts — who a device is: ids, names and serial number, from its device descriptor and strings.

import { type Chip, idText, knownChip } from './chips.ts';
import { isKnown, numberIn } from './node.ts';
import type { Subject } from './subject.ts';

export interface Identity {
  /** `1d6b:0104`. */
  readonly id: string;
  readonly vendorId: number;
  readonly productId: number;
  readonly version: number;
  readonly manufacturer?: string;
  readonly product?: string;
  readonly serial?: string;
  readonly chip?: Chip;
}

/** Undefined when the input has no device descriptor. */
export function readIdentity({ tree: { device }, dump }: Subject): Identity | undefined {
  if (!device || device.bytes.length < 12) return undefined;
  const text = (field: string) => dump.strings.get(numberIn(device, field))?.trim() || undefined;
  const [vendorId, productId] = [numberIn(device, 'idVendor'), numberIn(device, 'idProduct')];
  const [manufacturer, product, serial] = [text('iManufacturer'), text('iProduct'), text('iSerial')];
  const chip = knownChip(vendorId, productId);
  return {
    id: isKnown(device, 'idProduct') ? idText(vendorId, productId) : `${idText(vendorId, 0).slice(0, 5)}????`,
    vendorId,
    productId,
    version: numberIn(device, 'bcdDevice'),
    ...(manufacturer && { manufacturer }),
    ...(product && { product }),
    ...(serial && { serial }),
    ...(chip && { chip }),
  };
}

/** `Linux gadget ncm4`: manufacturer and product, each once; the chip's name where a device has neither. */
export function displayName({ manufacturer, product, chip }: Identity): string {
  const names = [manufacturer, product].filter((name) => name !== undefined);
  if (manufacturer && product?.startsWith(manufacturer)) return product;
  return [...new Set(names)].join(' ') || (chip?.name ?? '');
}
