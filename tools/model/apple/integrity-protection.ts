// integrity-protection.ts — `csrutil status` and `nvram boot-args` in, how far this Mac lets unsigned things run out.

export type IntegrityProtection =
  | { readonly state: 'enabled' | 'disabled' | 'unknown' }
  | { readonly state: 'custom'; readonly disabled: readonly string[] };

export function parseIntegrityProtection(text: string): IntegrityProtection {
  const state = /status: (?<state>enabled|disabled|unknown \(Custom Configuration\))/.exec(text)?.groups?.state;
  if (state === 'enabled' || state === 'disabled') return { state };
  if (state === undefined) return { state: 'unknown' };
  return { state: 'custom', disabled: [...text.matchAll(/^\s+(.+): disabled$/gm)].flatMap((match) => match[1] ?? []) };
}

/** `nvram boot-args`; empty when the variable does not exist, which nvram calls an error. */
export function parseBootArguments(text: string): readonly string[] {
  const value = /^boot-args\s+(?<value>.*)$/m.exec(text)?.groups?.value ?? '';
  return value.split(/\s+/).filter((argument) => argument !== '');
}

/** The boot arguments that weaken or switch off what this driver depends on. */
export const riskyBootArguments = (args: readonly string[]): readonly string[] =>
  args.filter((argument) => /^-?(?:dk|dextrelaunch|amfi\w*|cs_\w+)(?:=|$)/.test(argument));
