/** What the host answers to `export`. */
export interface Exported {
  readonly device: number;
  readonly location: string;
  readonly address: string;
  readonly port: number;
  readonly busId: string;
}

const EVERY_ADDRESS = new Set(['0.0.0.0', '::']);

/** An exported adapter in, what to type on the other machine out. `ownAddress`: one that others may know this machine by. */
export function describeExport(exported: Exported, ownAddress: string | undefined): string[] {
  const { device, address, port, busId } = exported;
  const isEverywhere = EVERY_ADDRESS.has(address);
  const reach = isEverywhere ? (ownAddress ?? 'THIS-MACHINE') : address;
  const usbip = port === 3240 ? 'usbip' : `usbip --tcp-port ${port}`;
  return [
    `Adapter ${device} is exported as ${busId} at ${address} port ${port}. On a Linux machine that reaches it, as root:`,
    '',
    '  modprobe -a vhci_hcd cdc_ncm cdc_ether',
    `  ${usbip} list -r ${reach}`,
    `  ${usbip} attach -r ${reach} -b ${busId}`,
    '  usbip port                 # what is attached; usbip detach -p PORT gives it back',
    '',
    `Or on the DriverKit host of another machine: tools/host plug usbip://${bracketed(reach)}:${port}/${busId}`,
    `The station at port N answers at 10.${76 + (device % 150)}.N.2. Links: tools/host inject ${device} 1 --link down`,
    'Ctrl-C takes the adapter back.',
  ];
}

const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host);
