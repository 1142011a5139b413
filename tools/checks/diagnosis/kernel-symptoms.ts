// kernel-symptoms.ts — what the kernel prints about dexts.
//
// Texts: xnu-11417.101.15, IOUserServer.cpp, IOService.cpp, OSKext.cpp; services print as <name>-0x<registry id>, and
// some posts leave the id out.

import type { Symptom } from './symptom.ts';

export const KERNEL_SYMPTOMS: readonly Symptom[] = [
  {
    pattern: /^\((?<bundle>(?!com\.apple\.)[\w-]+(?:\.[\w-]+){2,})\) /,
    role: 'progress',
    means: '{bundle} runs: it writes messages of its own',
  },
  { pattern: /^DK: .+::start\(.+\) ok\s*$/, role: 'progress', means: 'the dext started on its device' },
  { pattern: /server launched, validating$/, role: 'progress', means: 'the process of the dext was launched' },
  {
    pattern: /^Driver .+ has crashed 0 time\(s\)$/,
    role: 'progress',
    means: 'the dext was launched and did not crash lately',
  },
  { pattern: /deferred in sleep$/, role: 'note', means: 'the launch waits until this Mac wakes', fix: 'Wake the Mac.' },
  {
    pattern: /dext was replaced, do not rematch current dext$/,
    role: 'note',
    means: 'an upgrade took over from this process',
    fix: 'Nothing: the new version serves the device from the next plug on.',
  },
  {
    pattern: /^DK: (?<service>.+)::start\(.+\) fail\s*$/,
    role: 'cause',
    means: 'Start of {service} returned an error',
    entries: ['F63'],
  },
  {
    pattern: /server exit before start\(\)/,
    role: 'follows',
    means: 'the process ended before its Start had returned',
    entries: ['F63'],
  },
  {
    pattern: /^DK: (?<service>.+) user server timeout$/,
    role: 'possible',
    means: 'the process of {service} never checked in: it could not be launched',
    entries: ['F51', 'F52', 'F53'],
    companion: 'F51',
  },
  {
    pattern: /dext launches are disabled\s*$/,
    role: 'cause',
    means: 'a boot argument forbids launching dexts',
    entries: ['F65'],
  },
  {
    pattern: /::exit\((?:CDHash check|Check In Token verification) failed\)/,
    role: 'cause',
    means: 'the process that checked in is not the build that was staged',
    entries: ['F55'],
  },
  {
    pattern: /: provider entitlements check failed$/,
    role: 'cause',
    means: 'the entitlement transport.usb is missing or does not cover this device',
    entries: ['F56'],
  },
  {
    pattern: /: family entitlements check failed$/,
    role: 'cause',
    means: 'the entitlement of the driver family is missing',
    entries: ['F57'],
  },
  {
    pattern: /::exit\(Entitlements check failed\)/,
    role: 'possible',
    means: 'the kernel refused the entitlements of the dext; the line before says which',
    entries: ['F56', 'F57'],
  },
  {
    pattern: /com\.apple\.developer\.driverkit entitlement check failed for (?<process>.+)\[\d+\]$/,
    role: 'note',
    means: '{process} runs without the entitlement com.apple.developer.driverkit',
    fix: 'Sign the dext with the entitlements `tools/provision entitlements` prints.',
  },
  {
    pattern: /^DK: entitlements are missing for (?<process>.+)\[\d+\]$/,
    role: 'note',
    means: '{process} carries no entitlements at all',
    fix: 'Sign the dext with the entitlements `tools/provision entitlements` prints.',
  },
  {
    pattern: /Third party driver may only match real hardware/,
    role: 'note',
    means: 'this system runs third-party drivers on hardware only; macOS never says this',
    fix: 'Look at the device this log comes from: it is no Mac.',
  },
  {
    pattern: /IOUserServer may only be created with driver tasks/,
    role: 'cause',
    means: 'the program is not built for the platform DriverKit, or was started by hand',
    entries: ['F53'],
  },
  {
    pattern: /: ?UC failed userclient-access check, needed bundle ID (?<bundle>\S+)/,
    role: 'cause',
    means: 'the client has no userclient-access entitlement; it needs one that lists {bundle}',
    entries: ['F66'],
  },
  {
    pattern: /: ?UC entitlements check failed$/,
    role: 'cause',
    means: 'the userclient-access list of the client lacks this driver',
    entries: ['F66'],
  },
  {
    pattern: /^Driver (?<bundle>.+) has crashed (?<times>[1-9]\d*) time\(s\)$/,
    role: 'cause',
    means: '{bundle} crashed {times} time(s) within the last day',
    entries: ['F64'],
  },
  {
    pattern: /rematching after dext crash$/,
    role: 'cause',
    means: 'the dext crashed and is started again',
    entries: ['F64'],
  },
  {
    pattern: /^Driver (?<bundle>.+) has crashed too many times$/,
    role: 'cause',
    means: '{bundle} crashed too often; the kernel panics over this for drivers of Apple only',
    entries: ['F64'],
  },
  {
    pattern: /Could not find OSKext for (?<bundle>.+)$/,
    role: 'note',
    means: 'no known dext has the identifier {bundle}',
    fix: 'Compare CFBundleIdentifier of the personality with that of the bundle, and activate the dext again.',
  },
  {
    pattern: /no IOUserClass defined for/,
    role: 'cause',
    means: 'the personality has no IOUserClass',
    entries: ['F61'],
  },
  {
    pattern: /userMeta (?<class>.+) was not found in fClasses$/,
    role: 'cause',
    means: 'IOUserClass names {class}, which the program does not contain',
    entries: ['F61'],
  },
  {
    pattern: /not correct organization for bundleID/,
    role: 'cause',
    means: 'IOUserServerName does not begin with the first two parts of the bundle id',
    entries: ['F62'],
  },
  {
    pattern: /requires update, cannot launch a new dext$/,
    role: 'cause',
    means: 'an upgrade waits for the old processes, and no new one is launched until they end',
    entries: ['F70'],
  },
  {
    pattern: /^Upgrade delayed for (?<bundle>\S+) v(?<version>[^,\s]+),/,
    role: 'cause',
    means: 'the upgrade of {bundle} to {version} waits for the old processes',
    entries: ['F70'],
  },
  {
    pattern: /^Refusing new dext (?<bundle>\S+), v(?<version>[^:]+):/,
    role: 'cause',
    means: 'this very build of {bundle} is already there',
    entries: ['F68'],
  },
];
