/** What signing needs to know of an adapter: which device it is. */
export interface UsbAdapter {
  readonly name: string;
  readonly vendorId: number;
  readonly productId: number;
}

/** `0x0bda` */
export const usbId = (id: number): string => `0x${id.toString(16).padStart(4, '0')}`;
