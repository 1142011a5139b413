// request-form.ts — wishes and adapters in, the answers to Apple's request for DriverKit entitlements out.

import { usbId } from '../../model/apple/usb-adapter.ts';
import type { Setup } from './setup.ts';

export interface FormField {
  readonly question: string;
  readonly answer: string;
}

const USB = 'com.apple.developer.driverkit.transport.usb';
const CLIENT = 'com.apple.developer.driverkit.userclient-access';

type Form = Pick<Setup, 'wishes' | 'devices' | 'adapters'>;

export function requestForm({ wishes, devices, adapters }: Form): readonly FormField[] {
  const vendors = [...new Map(devices.map(({ file }) => [file.vendor.id, file.vendor.name]))];
  const restricted = Object.keys(wishes.dext.entitlements).filter((key) =>
    key.startsWith('com.apple.developer.driverkit'),
  );
  return [
    { question: 'Which entitlements do you need?', answer: [...restricted, CLIENT].join('\n') },
    {
      question: 'USB vendor ids, decimal and hexadecimal',
      answer: vendors.map(([id, name]) => `${Number(id)} (${usbId(Number(id))}) ${name}`).join('\n'),
    },
    {
      question: 'USB products',
      answer: adapters
        .map(
          ({ name, vendorId, productId }) =>
            `${name}: vendor ${vendorId}, product ${productId} (${usbId(vendorId)}:${usbId(productId)})`,
        )
        .join('\n'),
    },
    { question: `Value of ${USB}`, answer: JSON.stringify(vendors.map(([id]) => ({ idVendor: Number(id) }))) },
    {
      question: 'What is your relation to the vendor of the hardware?',
      answer:
        "Say who owns each vendor id, and attach the permission to use it: Apple grants a vendor id to its owner or with the owner's word.",
    },
    { question: 'Bundle id of the driver', answer: wishes.dext.bundleId },
    { question: 'Bundle id of the app that contains it', answer: wishes.app.bundleId },
    {
      question: `Programs that open the driver's user client (${CLIENT})`,
      answer: `${wishes.app.bundleId}, to ${wishes.dext.bundleId}`,
    },
    {
      question: 'What does your driver do, and why is no class driver of macOS enough?',
      answer: [
        `${wishes.app.name} drives USB adapters with several Ethernet ports and makes each port a network interface of its own.`,
        'The controller matches the USB device and owns its pipes; each port is an IOUserNetworkEthernet in a process of its own.',
        'The class drivers of macOS take single functions of such a device: they neither name the ports as the case does, nor keep',
        'their names and addresses across replugging, nor limit a stalled port to itself.',
      ].join('\n'),
    },
    {
      question: 'How is it distributed?',
      answer:
        'As an app outside the Mac App Store, signed with Developer ID, with hardened runtime, notarised and stapled.',
    },
  ];
}
