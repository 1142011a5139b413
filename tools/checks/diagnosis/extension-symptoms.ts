// extension-symptoms.ts — what sysextd, systemextensionsctl, an app that activates, and the network tools print.

import type { Symptom } from './symptom.ts';

export const EXTENSION_SYMPTOMS: readonly Symptom[] = [
  {
    pattern: /initial activation decision: (?<decision>activate\w+)/,
    role: 'progress',
    means: 'sysextd accepted the request ({decision})',
  },
  { pattern: /staging extension with identifier (?<bundle>\S+)/, role: 'progress', means: 'sysextd stages {bundle}' },
  {
    pattern: /advancing state from (?<from>\S+) to (?<to>\S+)/,
    role: 'progress',
    means: 'the extension goes from {from} to {to}',
  },
  {
    pattern: /no policy, cannot allow apps outside \/Applications/,
    role: 'possible',
    means:
      'sysextd found no acceptable extension; it prints this for at least six reasons, most of them elsewhere than in the folder',
    entries: ['F32', 'F33', 'F35', 'F36', 'F34', 'F30', 'F31'],
    companion: 'F37',
  },
  {
    pattern: /code signature invalid|[Cc]ode [Ss]ignature [Ii]nvalid\b(?!\))/,
    role: 'possible',
    means: 'the signature is broken, of another team, or not notarised',
    entries: ['F42', 'F07', 'F08', 'F36'],
  },
  {
    pattern: /Placeholder Developer/,
    role: 'cause',
    means: 'the signature names no organisation macOS could show',
    entries: ['F48'],
  },
  {
    pattern: /Hardware Port: Ethernet Adapter \((?<interface>en\d+)\)/,
    role: 'possible',
    means: '{interface} has no product name, as when no IOUSBHostInterface is above it',
    entries: ['F79'],
  },
  { pattern: /MacOS error: -67062/, role: 'cause', means: 'the dext is not signed', entries: ['F34'] },
  {
    pattern: /Unable to find any matched extension with identifier: (?<bundle>\S+)/,
    role: 'cause',
    means: 'no extension with the identifier {bundle} lies in Contents/Library/SystemExtensions of the app',
    entries: ['F38', 'F32'],
  },
  {
    pattern: /perhaps App is not validly structured/,
    role: 'possible',
    means: 'sysextd found no extension it can read in the app',
    entries: ['F32', 'F35', 'F34', 'F38'],
  },
  {
    pattern: /extension category returned error/,
    role: 'cause',
    means: 'kernelmanagerd refused the dext',
    entries: ['F41', 'F40'],
  },
  {
    pattern: /Activation decision for .* is: Deny|not in the list of allowed extensions/,
    role: 'cause',
    means: 'the administrator of this Mac does not allow the extension',
    entries: ['F45'],
  },
  {
    pattern: /activated[ _]waiting[ _]for[ _]user/,
    role: 'cause',
    means: 'macOS waits for the user to allow the driver',
    entries: ['F47'],
  },
  {
    pattern: /extension failed to validate! uninstalling/,
    role: 'cause',
    means: 'the check at boot failed',
    entries: ['F50'],
  },
  {
    pattern: /uninstalling invalid extension (?<bundle>\S+)/,
    role: 'cause',
    means: '{bundle} is removed',
    entries: ['F50'],
  },
  {
    pattern: /no related kext found for sysex/,
    role: 'follows',
    means: 'kernelmanagerd does not know the extension (any more)',
    entries: ['F50'],
  },
  {
    pattern: /Dext (?<bundle>\S+) v(?<version>\S+) is being replaced and cannot be terminated right away/,
    role: 'cause',
    means: 'version {version} of {bundle} still runs',
    entries: ['F69'],
  },
  {
    pattern: /turning the responsibility for termination of (?<bundle>\S+), version (?<version>\S+) over to delegate/,
    role: 'cause',
    means: 'version {version} of {bundle} runs until the device is unplugged, or until reboot',
    entries: ['F69'],
  },
  {
    pattern: /declined to terminate extension with identifier: (?<bundle>\S+)/,
    role: 'cause',
    means: '{bundle} still runs',
    entries: ['F69'],
  },
  {
    pattern: /terminating[ _]for[ _]upgrade[ _]via[ _]delegate/,
    role: 'cause',
    means: 'an old version still runs',
    entries: ['F69'],
  },
  {
    pattern: /terminated[ _]waiting[ _]to[ _]uninstall[ _]on[ _]reboot/,
    role: 'cause',
    means: 'an old version goes away at the next boot',
    entries: ['F71'],
  },
  {
    pattern: /Activate found \d+ extensions in active state/,
    role: 'cause',
    means: 'the records of sysextd contradict each other',
    entries: ['F72', 'F73'],
  },
  {
    pattern: /cannot be used if System Integrity Protection is enabled/,
    role: 'cause',
    means: 'systemextensionsctl only lists while System Integrity Protection is on',
    entries: ['F75'],
  },
  {
    pattern: /activated[ _]disabled/,
    role: 'note',
    means: 'the user switched the extension off',
    fix: 'Switch it on in System Settings > General > Login Items & Extensions > Driver Extensions.',
  },
  { pattern: /^\s*media: .*\bnone\b/, role: 'cause', means: 'the driver offers no medium', entries: ['F78'] },
  { pattern: /log: too many arguments/, role: 'cause', means: 'the shell has a `log` of its own', entries: ['F81'] },
  {
    pattern: /"SPUSBDataType"\s*:\s*\[\s*\]/,
    role: 'cause',
    means: 'this macOS lists USB devices under another name',
    entries: ['F82'],
  },
];
