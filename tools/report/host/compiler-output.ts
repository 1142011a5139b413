// compiler-output.ts — a build's lines in, those for people out. Pure.

import { missingKit } from '../../model/host/kits.ts';

const COMMAND_FOLLOWS = /^FAILED: /;
const BUSINESS_OF_THE_BUILD =
  /^(?:\[\d+\/\d+\]|-- (?:Configuring|Generating|Build files|GLOB mismatch)|ninja: (?:build stopped|no work)|\[0\/\d\])/;

/** Takes one line after the other and says which to show: the compilers' words, not the commands that were run. */
export function showsLine(): (line: string) => boolean {
  let isCommand = false;
  return (line) => {
    const wasAnnounced = isCommand;
    isCommand = COMMAND_FOLLOWS.test(line);
    return !(wasAnnounced || isCommand || BUSINESS_OF_THE_BUILD.test(line));
  };
}

/** What a failed build of somebody's dext comes down to, and what to do about it. */
export function failureOf(lines: readonly string[]): { readonly message: string; readonly fix: string } {
  const missing = lines.flatMap((line) => /(\S+?):\d+.*'(\w+DriverKit)\/([^']+)' file not found/.exec(line) ?? []);
  const [, path, kit, header] = missing;
  if (path !== undefined && missingKit(`${kit}/`) !== undefined)
    return {
      message: `${path} includes ${kit}/${header}: the host has no ${kit}`,
      fix: 'It has DriverKit, USBDriverKit and NetworkingDriverKit; what stands on others runs only on a Mac.',
    };
  const errors = lines.filter((line) => /: (?:fatal )?error:|: found .*, expected |undefined reference/.test(line));
  return {
    message: `The dext does not build: ${errors.length === 1 ? 'one error' : `${errors.length} errors`}, above`,
    fix: 'What compiles with Xcode and not here is a defect of the host; dext/host/README.md lists what is left out.',
  };
}
