// check-profile.ts — a provisioning profile by itself: is it genuine, valid now, and for this Mac?

import type { Finding, Trouble } from '../../model/finding.ts';
import { commonName, kindOf, teamOf } from '../../model/signing/certificate.ts';
import { parsed } from '../../model/signing/format-error.ts';
import { show } from '../../model/signing/plist.ts';
import type { Profile } from '../../model/signing/profile.ts';
import { checkGenuine, checkLayers, notGenuine } from './check-profile-layers.ts';
import type { CheckOptions } from './options.ts';
import { fine, trouble } from './report-trouble.ts';

const DAY = 24 * 3600 * 1000;
const SOON = 30 * DAY;
/** Apple silicon: 8 hexadecimal digits, a dash and 16 more. Intel: a UUID. */
const APPLE_SILICON = /^[0-9A-F]{8}-[0-9A-F]{16}$/i;
const HARDWARE_UUID = /^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$/i;

/** Everything about a profile that needs no program. */
export function checkProfile(path: string, profile: Profile, options: CheckOptions): readonly Finding[] {
  const findings = parsed(() => judgeProfile(path, profile, options));
  return findings.ok ? findings.value : [notGenuine(path, 'profile-signature', findings.error.message)];
}

function judgeProfile(path: string, profile: Profile, options: CheckOptions): readonly Finding[] {
  const forged = checkGenuine(path, profile, options);
  if (forged.length > 0) return forged;
  const found = [
    ...checkLayers(path, profile),
    ...checkValidity(path, profile, options),
    ...checkDevice(path, profile, options),
    ...checkCertificates(path, profile),
    ...checkPlatform(path, profile),
  ];
  const title = `provisioning profile ${JSON.stringify(profile.name)} (${profile.kind}) is genuine and valid until ${profile.expires.toISOString()}`;
  return found.some(({ level }) => level === 'fail') ? found : [fine('profile', path, title), ...found];
}

function checkValidity(path: string, profile: Profile, { now, target }: CheckOptions): readonly Trouble[] {
  const { created, expires } = profile;
  if (now < created || now > expires) {
    return [
      trouble('F27', 'profile-validity', {
        subject: path,
        title: now > expires ? 'the provisioning profile has expired' : 'the provisioning profile is not valid yet',
        seen: `valid from ${created.toISOString()} to ${expires.toISOString()}; now is ${now.toISOString()}`,
        fix: now > expires ? 'Generate it again in the portal, embed it and sign again.' : "Set the Mac's clock.",
        related: ['F20'],
      }),
    ];
  }
  if (expires.getTime() - now.getTime() > SOON || !target?.distribution) return [];
  const seen = `expires on ${expires.toISOString()}, in ${Math.floor((expires.getTime() - now.getTime()) / DAY)} days`;
  return [
    trouble('F27', 'profile-expires-soon', {
      level: 'warn',
      subject: path,
      title: 'the provisioning profile expires soon',
      seen,
    }),
  ];
}

function checkDevice(path: string, profile: Profile, { device, target }: CheckOptions): readonly Trouble[] {
  if (profile.kind !== 'development') return [];
  const same = (a: string, b: string) => a.toUpperCase() === b.toUpperCase();
  if (device !== undefined && !profile.devices.some((listed) => same(listed, device))) {
    const shape =
      HARDWARE_UUID.test(device) && profile.devices.some((listed) => APPLE_SILICON.test(listed))
        ? '; it is a Hardware UUID, give the Provisioning UDID of an Apple-silicon Mac'
        : '';
    return [
      trouble('F26', 'profile-device', {
        subject: path,
        seen: `${device} is not among its ${profile.devices.length} devices${shape}`,
        related: ['F20'],
      }),
    ];
  }
  if (
    device !== undefined ||
    profile.devices.some((listed) => !HARDWARE_UUID.test(listed)) ||
    target?.architecture === 'x86_64'
  )
    return [];
  return [
    trouble('F26', 'profile-device-shape', {
      level: 'warn',
      subject: path,
      title: 'the provisioning profile holds no Apple-silicon Mac',
      seen:
        profile.devices.length === 0
          ? 'it lists no device'
          : `all its ${profile.devices.length} devices are Hardware UUIDs, which only Intel Macs go by`,
      confidence: 'medium',
    }),
  ];
}

function checkPlatform(path: string, { platforms }: Profile): readonly Trouble[] {
  if (platforms.length === 0 || platforms.includes('OSX')) return [];
  return [
    trouble('F03', 'profile-platform', {
      level: 'warn',
      subject: path,
      title: 'the provisioning profile is not for macOS',
      seen: `Platform is ${show([...platforms])}`,
      confidence: 'low',
    }),
  ];
}

/** Who may sign has to belong to the team and be of the kind the profile is for. */
function checkCertificates(path: string, profile: Profile): readonly Trouble[] {
  if (profile.certificates.length === 0) {
    return [
      trouble('F28', 'profile-certificates', {
        subject: path,
        title: 'the provisioning profile holds no certificate',
        seen: 'DeveloperCertificates is empty',
      }),
    ];
  }
  const stranger = profile.certificates.find((certificate) => !profile.teams.includes(teamOf(certificate)));
  if (stranger) {
    return [
      trouble('F28', 'profile-team', {
        subject: path,
        title: 'the provisioning profile and its certificate belong to different teams',
        seen: `team ${profile.teams.join(', ')}, ${commonName(stranger)} is of ${teamOf(stranger)}`,
      }),
    ];
  }
  const wanted = profile.kind;
  if (
    wanted === 'store' ||
    !profile.platforms.includes('OSX') ||
    profile.certificates.some((certificate) => kindOf(certificate) === wanted)
  )
    return [];
  return [
    trouble('F28', 'profile-kind', {
      subject: path,
      title: 'no certificate of the provisioning profile is of its kind',
      seen: `a ${profile.kind} profile for ${profile.certificates.map((certificate) => `${commonName(certificate)} (${kindOf(certificate)})`).join(', ')}`,
      confidence: 'medium',
    }),
  ];
}
