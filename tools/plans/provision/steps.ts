// steps.ts — a purpose in, all steps to a signed driver out, in the order in which they can be done.

import type { Purpose } from '../../model/apple/signing-wishes.ts';
import { grantCapability, registerAppId, registerMac } from './api-steps.ts';
import { obtainCertificate } from './certificate-step.ts';
import { importExported, importIdentity, installProfiles, installXcode, storeNotaryCredentials } from './mac-steps.ts';
import { lookAtDextProfile, makeAppProfile, makeDextProfile } from './profile-steps.ts';
import { NO_KEY, type Setup } from './setup.ts';
import { done, type Step, todo, unknown } from './step.ts';

export function stepsFor(setup: Setup): readonly Step[] {
  const { wishes } = setup;
  const ids = [
    registerAppId(setup, 'app'),
    registerAppId(setup, 'dext'),
    ...wishes.app.capabilities.map((one) => grantCapability(setup, one)),
  ];
  const signing = [
    ...(setup.exported ? [importExported(setup, setup.exported)] : []),
    obtainCertificate(setup),
    importIdentity(setup),
    makeAppProfile(setup),
    makeDextProfile(setup),
    installProfiles(setup),
  ];
  const byPurpose: Readonly<Record<Purpose, readonly Step[]>> = {
    development: [...ids, tickCapabilities(setup), registerMac(setup), ...signing],
    'developer-id': [...ids, requestEntitlements(setup), ...signing, storeNotaryCredentials(setup)],
  };
  return [joinProgram(setup), makeApiKey(setup), installXcode(setup), ...byPurpose[wishes.purpose]];
}

function joinProgram({ account }: Setup): Step {
  return {
    id: 'program',
    kind: 'portal',
    title: 'Join the Apple Developer Program',
    how: 'Enroll as a person or as an organisation. A free team cannot have DriverKit capabilities.',
    link: 'https://developer.apple.com/programs/enroll/',
    look: async () => {
      if (!account) return unknown(NO_KEY);
      await account.find('bundleIds', {});
      return done('the API key is accepted');
    },
  };
}

function makeApiKey({ account }: Setup): Step {
  return {
    id: 'api-key',
    kind: 'portal',
    title: 'Make an App Store Connect API key',
    how: 'Users and Access > Integrations > App Store Connect API > +, access "Admin". Download AuthKey_….p8, which Apple gives out once, into ~/.appstoreconnect/private_keys, and: chmod 600 on it. Put the issuer id into APP_STORE_CONNECT_ISSUER_ID.',
    link: 'https://appstoreconnect.apple.com/access/integrations/api',
    look: async () =>
      account ? done('there is one') : todo('without it, every step marked api is done in the portal'),
  };
}

/** Names of the capabilities at an App ID, as the portal writes them. */
const DRIVERKIT_CAPABILITIES = [
  'DriverKit (development)',
  'DriverKit USB Transport (development)',
  'DriverKit Family Networking (development)',
  'DriverKit Allow Any UserClient Access (development)',
];

function tickCapabilities(setup: Setup): Step {
  const { dext } = setup.wishes;
  return {
    id: 'capabilities-dext',
    kind: 'portal',
    title: `Tick the DriverKit capabilities of ${dext.bundleId}`,
    how: `Identifiers > ${dext.bundleId} > Capabilities: ${DRIVERKIT_CAPABILITIES.map((name) => `"${name}"`).join(', ')}, then Save. The API cannot.`,
    link: 'https://developer.apple.com/account/resources/identifiers/list',
    look: async () => {
      const looked = await lookAtDextProfile(setup, dext);
      return looked.state === 'done'
        ? done('its profile grants them')
        : unknown('only a profile for it, in profiles/, would show it');
    },
  };
}

function requestEntitlements(setup: Setup): Step {
  const { dext } = setup.wishes;
  return {
    id: 'request',
    kind: 'portal',
    title: 'Ask Apple for the DriverKit entitlements',
    how: 'The Account Holder fills the form in; tools/provision request prints what to write. Apple answers in days to weeks, then they appear as Additional Entitlements.',
    link: 'https://developer.apple.com/system-extensions/',
    look: async () => {
      const looked = await lookAtDextProfile(setup, dext);
      return looked.state === 'done'
        ? done('the profile grants them')
        : unknown('only a Developer ID profile for the dext, in profiles/, would show it');
    },
  };
}
