// signature-symptoms.ts — what amfid, taskgated-helper, codesign, the notary and Xcode print about signatures and profiles.

import type { Symptom } from './symptom.ts';

export const SIGNATURE_SYMPTOMS: readonly Symptom[] = [
  // amfid and taskgated-helper
  {
    pattern: /failed value match for entitlement: (?<entitlements>com\.apple\.developer\.driverkit\.transport\.usb)/,
    role: 'cause',
    means:
      'the signature claims another value of {entitlements} than the profile grants; dictionaries must be equal, "*" is no wildcard',
    entries: ['F20', 'F01'],
  },
  {
    pattern:
      /failed value match for entitlement: (?<entitlements>(?!com\.apple\.developer\.driverkit\.transport\.usb)\S+)/,
    role: 'cause',
    means: 'the signature claims another value of {entitlements} than the profile grants',
    entries: ['F20'],
  },
  {
    pattern:
      /Unsatisfied entitlements: (?<entitlements>[\w., -]*com\.apple\.developer\.system-extension\.install[\w., -]*)/,
    role: 'cause',
    means: 'no profile grants the app {entitlements}',
    entries: ['F20'],
  },
  {
    pattern: /Unsatisfied entitlements: .*com\.apple\.developer\.system-extension\.install/,
    role: 'cause',
    means: 'it is the app that is refused, not the dext: it needs a Mac profile with system-extension.install',
    entries: ['F17'],
  },
  {
    pattern: /Unsatisfied entitlements: (?<entitlements>(?!.*system-extension\.install).+)/i,
    role: 'cause',
    means: 'no profile grants {entitlements}',
    entries: ['F20'],
  },
  {
    pattern: /Disallowing (?<process>.+) because no eligible provisioning profiles found/,
    role: 'cause',
    means: 'no embedded profile fits {process}: this Mac, this certificate, its dates and its entitlements',
    entries: ['F20', 'F26', 'F27', 'F28'],
  },
  {
    pattern: /Code=-413\b|\berror -413\b/,
    role: 'cause',
    means: 'no embedded profile grants what the signature claims',
    entries: ['F20'],
  },
  {
    pattern: /Code=-424\b|adhoc signed but contains restricted entitlements/,
    role: 'cause',
    means: 'an ad-hoc signature cannot carry DriverKit entitlements while System Integrity Protection is on',
    entries: ['F21'],
  },
  {
    pattern: /Code=-423\b|adhoc signed or signed by an unknown certificate chain/,
    role: 'follows',
    means: 'signed by nobody macOS knows; often harmless',
    entries: ['F22'],
  },
  {
    pattern: /Code=-427\b|unable to retrieve certificate chain/i,
    role: 'cause',
    means: 'the certificate chain is not complete',
    entries: ['F23'],
  },
  {
    pattern: /(?<path>\/\S+) signature not valid: -67050/,
    role: 'cause',
    means: '{path} does not meet a requirement of this macOS',
    entries: ['F24'],
  },
  {
    pattern: /Requirements for restricted entitlements failed to validate, error -67671/,
    role: 'follows',
    means: 'goes with -413',
    entries: ['F25'],
  },
  {
    pattern:
      /has restricted entitlements, but the validation of its code signature failed|bailing out because of restricted entitlements/,
    role: 'follows',
    means: 'the kernel repeats what amfid decided',
    entries: ['F20'],
  },
  {
    pattern:
      /load code signature error 4 for file|code signature validation failed|ASP: Security policy would not allow process/,
    role: 'follows',
    means: 'the kernel refused the program; amfid says why in the lines before',
    entries: ['F19'],
  },
  {
    pattern: /EXC_CRASH \(Code Signature Invalid\)|Namespace CODESIGNING/,
    role: 'possible',
    means: 'the program was ended because of its signature',
    entries: ['F19', 'F20'],
    companion: 'F19',
  },
  {
    pattern: /NSPOSIXErrorDomain Code=8\b|Exec format error/,
    role: 'possible',
    means:
      'the program could not be launched: refused by amfid, no code for this processor, or not built for DriverKit',
    entries: ['F51', 'F52', 'F53'],
    companion: 'F51',
  },
  { pattern: /job failed to spawn/, role: 'follows', means: 'launchd could not start the program', entries: ['F51'] },
  {
    pattern: /RBSRequestErrorDomain Code=5|NSPOSIXErrorDomain Code=163|Launchd job spawn failed/,
    role: 'cause',
    means: 'the app was not allowed to start: a restricted entitlement of it is not granted',
    entries: ['F17'],
  },
  {
    pattern: /^(?:zsh: killed\b|.*\bKilled: 9\b)|exit(?:ed)?(?: with)?(?: code| status)? 137\b/,
    role: 'possible',
    means: 'the kernel ended the program before main',
    entries: ['F18', 'F20'],
    companion: 'F18',
  },
  // Xcode
  {
    pattern: /doesn't match the entitlements file's value for the (?<entitlements>\S+) entitlement/,
    role: 'cause',
    means: 'the entitlements file has another value of {entitlements} than the profile',
    entries: ['F01'],
  },
  {
    pattern: /doesn't include the (?<entitlements>\S+) entitlement/,
    role: 'cause',
    means: 'the profile lacks {entitlements}',
    entries: ['F02'],
  },
  {
    pattern: /requires a provisioning profile which supports DriverKit/,
    role: 'cause',
    means: 'no DriverKit profile was chosen',
    entries: ['F03'],
  },
  // codesign
  {
    pattern: /AMFIUnserializeXML: syntax error/,
    role: 'cause',
    means: 'the entitlements file cannot be read',
    entries: ['F04'],
  },
  {
    pattern: /errSecInternalComponent/,
    role: 'cause',
    means: 'the keychain does not give the key away',
    entries: ['F05'],
  },
  {
    pattern: /resource fork, Finder information, or similar detritus not allowed/,
    role: 'cause',
    means: 'files carry Finder data',
    entries: ['F06'],
  },
  {
    pattern: /a sealed resource is missing or invalid|nested code is modified or invalid/,
    role: 'cause',
    means: 'something in the bundle changed after it was signed',
    entries: ['F07'],
  },
  {
    pattern: /invalid Info\.plist \(plist or signature have been modified\)/,
    role: 'cause',
    means: 'Info.plist changed after signing',
    entries: ['F08'],
  },
  { pattern: /code object is not signed at all/, role: 'cause', means: 'it is not signed', entries: ['F09'] },
  {
    pattern: /bundle format is ambiguous|bundle format unrecognized/,
    role: 'cause',
    means: 'the bundle is laid out wrongly',
    entries: ['F10'],
  },
  // notary, stapler, spctl
  {
    pattern: /not signed with a valid Developer ID certificate/,
    role: 'cause',
    means: 'signed with another certificate',
    entries: ['F11'],
  },
  {
    pattern: /signature does not include a secure timestamp/,
    role: 'cause',
    means: 'signed without --timestamp',
    entries: ['F12'],
  },
  {
    pattern: /does not have the hardened runtime enabled/,
    role: 'cause',
    means: 'signed without -o runtime',
    entries: ['F13'],
  },
  {
    pattern: /requests the com\.apple\.security\.get-task-allow entitlement/,
    role: 'cause',
    means: 'signed for debugging',
    entries: ['F14'],
  },
  { pattern: /"?status"?: "?Invalid/, role: 'cause', means: 'the notary refused the submission', entries: ['F15'] },
  {
    pattern: /validate action failed! Error 65/,
    role: 'cause',
    means: 'Apple has no ticket for this build',
    entries: ['F16'],
  },
  {
    pattern: /the code is valid but does not seem to be an app/,
    role: 'cause',
    means: 'spctl was asked about something that is no app',
    entries: ['F83'],
  },
  {
    pattern: /source=Unnotarized Developer ID/,
    role: 'cause',
    means: 'signed, not notarised',
    entries: ['F42', 'F36'],
  },
];
