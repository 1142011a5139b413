// mac.ts — rules on the addresses of ports (CDC ECM 1.2, 5.4).

import type { Dump } from '../../../model/usb/dump.ts';
import { functional, type NetworkFunction } from '../../../model/usb/functions.ts';
import { CDC_SUBTYPE } from '../../../model/usb/layouts/cdc.ts';
import { isMasked, macFromString, macTrouble } from '../../../model/usb/mac.ts';
import { isKnown } from '../../../model/usb/node.ts';
import { at, type Rule, type Sighting } from '../finding.ts';

const addresses: Rule = ({ functions, dump }) => functions.flatMap((each) => checkAddress(each, dump));

function checkAddress({ control, macString }: NetworkFunction, dump: Dump): Sighting[] {
  const node = functional(control, CDC_SUBTYPE.ethernet);
  if (!node || macString === undefined || !isKnown(node, 'iMACAddress')) return [];
  if (macString === 0)
    return [at(node, 'CDC-MAC', `interface ${control.interface} names no MAC string (iMACAddress 0)`)];
  const text = dump.strings.get(macString);
  if (text === undefined || isMasked(text)) return [];
  const mac = macFromString(text);
  if (!mac)
    return [
      at(
        node,
        'CDC-MAC',
        `the MAC string of interface ${control.interface} is ${JSON.stringify(text)}, not 12 hex digits`,
      ),
    ];
  const trouble = macTrouble(mac);
  return trouble ? [at(node, 'CDC-MAC', `the address of interface ${control.interface}, ${mac}, ${trouble}`)] : [];
}

/** Functions of different configurations are never there together: they may share an address. */
const shared: Rule = ({ tree, functions, dump }) =>
  tree.configurations.flatMap((configuration) => {
    const owner = new Map<string, number>();
    return functions
      .filter((each) => each.configuration === configuration)
      .flatMap(({ control, macString }) => {
        const mac = macFromString(dump.strings.get(macString ?? 0));
        const node = functional(control, CDC_SUBTYPE.ethernet);
        if (!mac || !node) return [];
        const first = owner.get(mac);
        owner.set(mac, first ?? control.interface);
        return first === undefined
          ? []
          : [at(node, 'CDC-MAC', `interfaces ${first} and ${control.interface} have the same address ${mac}`)];
      });
  });

export const macRules = [addresses, shared];
