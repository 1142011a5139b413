// registry-symptoms.ts — a tree of `ioreg` somebody pasted in, which driver serves the Ethernet ports in it out.

import { type RegistryEntry, walk } from '../../model/apple/registry.ts';
import { parseRegistryText } from '../../model/apple/registry-text.ts';
import type { LogLine } from './log-line.ts';
import type { Match, Symptom } from './symptom.ts';

const APPLES: Symptom = {
  pattern: /^AppleUser/,
  role: 'possible',
  means: '{name} of macOS serves the port {interface}, not our driver',
  entries: ['F59', 'F58'],
};
const THEIRS: Symptom = { pattern: /./, role: 'progress', means: '{name} serves the port {interface}' };

/** Nothing for a text that is no such tree. */
export function registrySymptoms(text: string, lines: readonly LogLine[]): readonly Match[] {
  if (!text.includes('+-o ')) return [];
  const ports = [...walk(parseRegistryText(text))].filter(({ className }) => className === 'IOUserNetworkEthernet');
  return ports.flatMap((port) => {
    const line = lines.find(({ message }) => message.includes(`+-o ${port.name} `));
    const details = { name: port.name, interface: interfaceOf(port) ?? 'without an interface' };
    return line ? { symptom: APPLES.pattern.test(port.name) ? APPLES : THEIRS, line, details } : [];
  });
}

function interfaceOf(port: RegistryEntry): string | undefined {
  const names = [...walk([port])].map(({ properties }) => properties['BSD Name']);
  return names.find((name) => typeof name === 'string');
}
