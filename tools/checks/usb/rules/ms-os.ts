// ms-os.ts — rules on Microsoft OS 2.0 descriptor sets.

import { readMsOs20 } from '../../../model/usb/ms-os-20.ts';
import type { Rule } from '../finding.ts';

export const msOsRules: readonly Rule[] = [
  ({ dump, tree }) => {
    if (!dump.msOs20) return [];
    const { entries, troubles } = readMsOs20(dump.msOs20.bytes);
    const numbers = new Set(tree.configurations.flatMap(({ settings }) => settings.map((each) => each.interface)));
    const absent = entries.filter(({ firstInterface }) => firstInterface !== undefined && !numbers.has(firstInterface));
    return [
      ...troubles.map((each) => ({ id: 'MSOS-LEN', part: 'ms-os-20', ...each }) as const),
      ...absent.map(({ offset, firstInterface }) => {
        const seen = `a function subset is for interface ${firstInterface}, which does not exist`;
        return { id: 'MSOS-SET', part: 'ms-os-20', offset, seen } as const;
      }),
    ];
  },
];
