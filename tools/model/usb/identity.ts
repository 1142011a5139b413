// identity.ts — who a device is: ids, names and serial number, from its device descriptor and strings.

import { type Chip, idText, knownChip } from './chips.ts';
import { numberIn } from './node.ts';
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
  const text = (field: string) => dump.strings.get(numberIn(device, field));
  const [vendorId, productId] = [numberIn(device, 'idVendor'), numberIn(device, 'idProduct')];
  const [manufacturer, product, serial] = [text('iManufacturer'), text('iProduct'), text('iSerial')];
  const chip = knownChip(vendorId, productId);
  return {
    id: idText(vendorId, productId),
    vendorId,
    productId,
    version: numberIn(device, 'bcdDevice'),
    ...(manufacturer && { manufacturer }),
    ...(product && { product }),
    ...(serial && { serial }),
    ...(chip && { chip }),
  };
}
