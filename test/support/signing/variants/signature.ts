// signature.ts — wrong in how the programs were signed, or changed afterwards.

import { issue } from '../authority.ts';
import { DEXT_ID, DEXT_PATH, makeDext } from '../bundle.ts';
import { blob } from '../code-signature.ts';
import { appleDevelopment, developerId, FAKE, FAKE_ROOTS, OTHER_TEAM, TEAM } from '../fake-apple.ts';
import { derEntitlements, type PlainDict, xmlPlist } from '../plist.ts';
import { developerIdRequirements } from '../requirement.ts';
import type { Variant } from '../variants.ts';
import { after, both, claim, contentOf, dextAfter, flip, info, part, profile, signature } from './change.ts';

const PROGRAM = `${DEXT_PATH}/${DEXT_ID}`;
const APP_PROGRAM = 'Contents/MacOS/Multiport';

/** A dext signed by somebody its profile knows. */
function signedBy(identity: ReturnType<typeof developerId>) {
  return both(
    part('dext', () => ({ signer: identity })),
    profile('dext', () => ({ signers: [identity] })),
  );
}

/** Entitlements with a comment Apple's kernel parser stumbles on. */
function commented(entitlements: PlainDict): Buffer {
  return Buffer.from(xmlPlist(entitlements).toString().replace('<dict>', '<dict><!-- vendors -- all of them -->'));
}

const expired = developerId({ to: new Date('2026-01-01T00:00:00Z') });
const noAuthority = issue({ name: 'Test Developer ID CA, not really', issuer: FAKE.root, key: FAKE.root.key });

export const SIGNATURE_VARIANTS: readonly Variant[] = [
  {
    name: 'code that does not meet its own requirement',
    kind: 'developer-id',
    change: signature('dext', { requirements: developerIdRequirements(DEXT_ID, OTHER_TEAM) }),
    id: 'F24',
    rule: 'signer-requirement',
    seen: /subject\.OU\] = "Z9Y8X7W6V5"/,
  },
  {
    name: 'a personality that lends a kernel driver a match and a dext nothing',
    kind: 'developer-id',
    change: info('dext', {
      IOKitPersonalities: {
        Lent: {
          CFBundleIdentifier: 'com.apple.driver.usb.AppleUSBHostCompositeDevice',
          IOClass: 'AppleUSBHostCompositeDevice',
          IOProviderClass: 'IOUSBHostDevice',
          idVendor: 1,
          idProduct: 2,
        },
      },
    }),
    id: 'F41',
    rule: 'personalities-present',
    seen: /Lent/,
  },
  {
    name: 'a dext that is not signed',
    kind: 'developer-id',
    change: part('dext', () => ({ signature: null })),
    id: 'F09',
    rule: 'signature-present',
    seen: /no LC_CODE_SIGNATURE/,
  },
  {
    name: 'an app that is not signed',
    kind: 'developer-id',
    change: part('app', () => ({ signature: null })),
    id: 'F09',
    rule: 'signature-present',
    seen: /no LC_CODE_SIGNATURE/,
  },
  {
    name: 'a changed page of code',
    kind: 'developer-id',
    change: dextAfter((files) => flip(files, PROGRAM, 20_000)),
    id: 'F42',
    rule: 'signature-pages',
    seen: /pages at 0x4/,
  },
  {
    name: "a changed page of the app's code",
    kind: 'developer-id',
    change: after((files) => flip(files, APP_PROGRAM, 20_000)),
    id: 'F42',
    rule: 'signature-pages',
    seen: /pages at 0x4/,
  },
  {
    name: 'a byte between the slices of a program, where no signature reaches',
    kind: 'developer-id',
    change: after((files) => flip(files, APP_PROGRAM, 100)),
    id: 'F42',
    rule: 'program-stray',
    seen: /at 100 /,
  },
  {
    name: 'something appended to a signed program',
    kind: 'developer-id',
    change: after(
      (files) => void files.set(APP_PROGRAM, Buffer.concat([contentOf(files, APP_PROGRAM), Buffer.from('more')])),
    ),
    id: 'F42',
    rule: 'program-stray',
    seen: /behind the slices/,
  },
  {
    name: 'a slice that the table of its program calls another subtype',
    kind: 'developer-id',
    change: after((files) => flip(files, APP_PROGRAM, 15)),
    id: 'F42',
    rule: 'program-form',
    seen: /inside and something else outside/,
  },
  {
    name: 'a root certificate that was damaged on the way, beside a chain that does not need it',
    kind: 'developer-id',
    change: after((files) => {
      const at = FAKE_ROOTS.map(({ bytes }) => contentOf(files, APP_PROGRAM).indexOf(bytes)).find((found) => found > 0);
      flip(files, APP_PROGRAM, (at ?? 0) + 600);
    }),
    id: 'F23',
    rule: 'signer-strangers',
    level: 'warn',
    seen: /leads to no root/,
  },
  {
    name: 'a page of the dext changed after the app was signed',
    kind: 'developer-id',
    change: after((files) => flip(files, PROGRAM, 20_000)),
    id: 'F42',
    rule: 'signature-pages',
    seen: /pages at 0x4/,
  },
  {
    name: 'code behind the code limit',
    kind: 'developer-id',
    change: signature('dext', { uncovered: 16 }),
    id: 'F42',
    rule: 'signature-limit',
    seen: /covered by no hash/,
  },
  {
    name: 'other requirements than were signed',
    kind: 'developer-id',
    change: signature('dext', { tamper: (blobs) => blobs.set(2, blob(0xfade0c01, Buffer.from([0, 0, 0, 0, 0]))) }),
    id: 'F42',
    rule: 'signature-slot',
    seen: /requirements \(slot -2\) differ/,
  },
  {
    name: 'other entitlements than were signed',
    kind: 'developer-id',
    change: signature('dext', {
      tamper: (blobs) => blobs.set(5, blob(0xfade7171, Buffer.from(xmlPlist({ x: true })))),
    }),
    id: 'F42',
    rule: 'signature-slot',
    seen: /entitlements \(slot -5\) differ/,
  },
  {
    name: 'launch constraints nobody signed',
    kind: 'developer-id',
    change: signature('dext', { tamper: (blobs) => blobs.set(8, blob(0xfade8181, Buffer.from(derEntitlements({})))) }),
    id: 'F42',
    rule: 'signature-slot',
    seen: /launch constraints \(slot -8\) have no hash/,
  },
  {
    name: 'entitlements that say different things in XML and in DER',
    kind: 'developer-id',
    change: signature('app', { entitlementsXml: xmlPlist({ 'com.apple.developer.system-extension.install': true }) }),
    id: 'F42',
    rule: 'entitlements-forms',
    seen: /com\.apple\.application-identifier is nothing in XML/,
  },
  {
    name: 'entitlements without the DER form',
    kind: 'developer-id',
    change: signature('dext', { withoutDer: true }),
    id: 'F24',
    rule: 'entitlements-der',
    level: 'warn',
    seen: /XML only/,
  },
  {
    name: 'entitlements with a comment that stops the kernel',
    kind: 'developer-id',
    change: (recipe) => signature('dext', { entitlementsXml: commented(recipe.dext.entitlements) })(recipe),
    id: 'F04',
    rule: 'entitlements-xml',
    seen: /comment with "--" inside at offset \d+, line 4/,
  },
  {
    name: 'Info.plist changed after signing',
    kind: 'developer-id',
    change: dextAfter((files) =>
      files.set(
        `${DEXT_PATH}/Info.plist`,
        Buffer.from(contentOf(files, `${DEXT_PATH}/Info.plist`).toString('latin1').replace('42', '43'), 'latin1'),
      ),
    ),
    id: 'F08',
    rule: 'signature-info',
    seen: /slot -1/,
  },
  {
    name: "the app's Info.plist changed after signing",
    kind: 'developer-id',
    change: after((files) =>
      files.set(
        'Contents/Info.plist',
        Buffer.from(contentOf(files, 'Contents/Info.plist').toString().replace('<string>42<', '<string>43<')),
      ),
    ),
    id: 'F08',
    rule: 'signature-info',
    seen: /slot -1/,
  },
  {
    name: 'a changed seal',
    kind: 'developer-id',
    change: after((files) =>
      files.set(
        'Contents/_CodeSignature/CodeResources',
        Buffer.from(`${contentOf(files, 'Contents/_CodeSignature/CodeResources')} `),
      ),
    ),
    id: 'F07',
    rule: 'signature-seal',
    seen: /slot -3/,
  },
  {
    name: 'a changed resource',
    kind: 'developer-id',
    change: after((files) => files.set('Contents/Resources/app.icns', Buffer.from('another icon'))),
    id: 'F07',
    rule: 'seal-files',
    seen: /changed: Resources\/app\.icns/,
  },
  {
    name: 'a file that came after signing',
    kind: 'developer-id',
    change: after((files) => void files.set('Contents/Resources/new.txt', Buffer.from('x'))),
    id: 'F07',
    rule: 'seal-files',
    seen: /added: Resources\/new\.txt/,
  },
  {
    name: 'a file that went after signing',
    kind: 'developer-id',
    change: after((files) => void files.delete('Contents/Resources/app.icns')),
    id: 'F07',
    rule: 'seal-files',
    seen: /missing: Resources\/app\.icns/,
  },
  {
    name: 'a dext that was signed again after its app',
    kind: 'developer-id',
    change: (recipe) => ({
      ...recipe,
      after: (files) =>
        makeDext({
          ...recipe,
          dext: { ...recipe.dext, slices: recipe.dext.slices.map((slice) => ({ ...slice, size: 24_000 })) },
        }).forEach((content, path) => void files.set(`${DEXT_PATH}/${path}`, content)),
    }),
    id: 'F07',
    rule: 'seal-dext',
    seen: /changed: Library\/SystemExtensions/,
  },
  {
    name: 'an ad-hoc signature with restricted entitlements',
    kind: 'development',
    change: part('dext', () => ({ signer: 'adhoc' as const })),
    id: 'F21',
    rule: 'signer-adhoc',
    seen: /com\.apple\.developer\.driverkit/,
  },
  {
    name: 'a signature that was not made by its key',
    kind: 'developer-id',
    change: signature('dext', { cms: { flipSignature: true } }),
    id: 'F42',
    rule: 'signer-cms',
    seen: /was not made by its signer's key/,
  },
  {
    name: 'a signature over another code directory',
    kind: 'developer-id',
    change: signature('dext', { cms: { messageDigest: Buffer.alloc(32) } }),
    id: 'F42',
    rule: 'signer-cms',
    seen: /message digest differs/,
  },
  {
    name: 'a signature without its certificates',
    kind: 'developer-id',
    change: signature('dext', { cms: { certificates: [] } }),
    id: 'F42',
    rule: 'signer-present',
    seen: /certificate of its signer/,
  },
  {
    name: 'a code directory the signer did not list',
    kind: 'developer-id',
    change: signature('dext', { hashes: ['sha1', 'sha256'], listed: [Buffer.alloc(20), Buffer.alloc(32)] }),
    id: 'F42',
    rule: 'signer-agility',
    seen: /list of cdhashes/,
  },
  {
    name: 'a chain without its intermediate',
    kind: 'developer-id',
    change: signature('dext', { cms: { certificates: [FAKE.developerId.certificate] } }),
    id: 'F23',
    rule: 'signer-chain',
    seen: /Test Developer ID CA/,
  },
  {
    name: "a root that is not Apple's",
    kind: 'developer-id',
    change: signedBy(FAKE.strangerLeaf),
    id: 'F22',
    rule: 'signer-chain',
    seen: /Somebody/,
  },
  {
    name: 'an intermediate that is no authority',
    kind: 'developer-id',
    change: signedBy(developerId({ issuer: noAuthority })),
    id: 'F22',
    rule: 'signer-chain',
    seen: /no certificate authority/,
  },
  {
    name: 'a Developer ID certificate that had expired when the timestamp was made',
    kind: 'developer-id',
    change: signedBy(expired),
    id: 'F27',
    rule: 'signer-validity',
    seen: /2026-01-01/,
  },
  {
    name: 'a development certificate that has expired',
    kind: 'development',
    change: signedBy(appleDevelopment({ to: new Date('2026-04-01T00:00:00Z') })),
    id: 'F27',
    rule: 'signer-validity',
    seen: /expired on 2026-04-01/,
  },
  {
    name: 'a team in the signature that is not the certificate’s',
    kind: 'developer-id',
    change: signature('dext', { team: OTHER_TEAM }),
    id: 'F42',
    rule: 'signer-team',
    seen: new RegExp(`${OTHER_TEAM}.*${TEAM}`),
  },
  {
    name: 'a timestamp of another signature',
    kind: 'developer-id',
    change: signature('dext', {
      cms: {
        timestamp: { authority: FAKE.timestamper, time: new Date('2026-03-01T12:00:05Z'), imprint: Buffer.alloc(32) },
      },
    }),
    id: 'F12',
    rule: 'signer-timestamp',
    seen: /another signature/,
  },
  {
    name: 'a timestamp by somebody who may not',
    kind: 'developer-id',
    change: signature('dext', {
      cms: { timestamp: { authority: FAKE.developerId, time: new Date('2026-03-01T12:00:05Z') } },
    }),
    id: 'F12',
    rule: 'signer-timestamp',
    seen: /other things/,
  },
  {
    name: 'a release without a secure timestamp',
    kind: 'developer-id',
    change: signature('dext', { timestamp: undefined }),
    id: 'F12',
    rule: 'distribution-timestamp',
    seen: /own time/,
  },
  {
    name: 'a release without the hardened runtime',
    kind: 'developer-id',
    change: signature('dext', { flags: 0 }),
    id: 'F13',
    rule: 'distribution-runtime',
    seen: /0x10000/,
  },
  {
    name: 'a release with get-task-allow',
    kind: 'developer-id',
    change: claim('app', { 'com.apple.security.get-task-allow': true }),
    id: 'F14',
    rule: 'distribution-get-task-allow',
    seen: /get-task-allow/,
  },
  {
    name: 'a release any app may open',
    kind: 'developer-id',
    change: both(
      claim('dext', { 'com.apple.developer.driverkit.allow-any-userclient-access': false }),
      profile('dext', ({ entitlements }) => ({
        entitlements: { ...entitlements, 'com.apple.developer.driverkit.allow-any-userclient-access': false },
      })),
    ),
    id: 'F66',
    rule: 'distribution-any-client',
    level: 'warn',
    seen: /= false/,
  },
  {
    name: 'a development build meant for everybody',
    kind: 'development',
    change: both(
      claim('dext', { 'com.apple.security.get-task-allow': undefined }),
      claim('app', { 'com.apple.security.get-task-allow': undefined }),
    ),
    options: { target: { distribution: 'developer-id' } },
    id: 'F11',
    rule: 'distribution-certificate',
    seen: /Apple Development/,
  },
  {
    name: 'an authority that ends soon',
    kind: 'developer-id',
    change: signedBy(
      developerId({
        issuer: issue({
          name: 'Developer ID Certification Authority',
          issuer: FAKE.root,
          key: FAKE.root.key,
          isAuthority: true,
          marks: ['1.2.840.113635.100.6.2.6'],
          to: new Date('2026-09-01T00:00:00Z'),
        }),
      }),
    ),
    options: { target: { distribution: 'developer-id' } },
    id: 'F84',
    rule: 'signer-authority',
    level: 'warn',
    seen: /2026-09-01/,
  },
  {
    name: 'an app without a stapled ticket',
    kind: 'developer-id',
    change: (recipe) => ({ ...recipe, stapled: false }),
    id: 'F36',
    rule: 'ticket-present',
    level: 'warn',
    seen: /no Contents\/CodeResources/,
  },
  {
    name: 'a ticket of another build',
    kind: 'developer-id',
    change: after((files) => void files.set('Contents/CodeResources', Buffer.alloc(200, 's8ch'))),
    id: 'F16',
    rule: 'ticket-cdhash',
    level: 'warn',
    seen: /cdhash/,
  },
  {
    name: 'a signature for another bundle id',
    kind: 'developer-id',
    change: signature('dext', { identifier: 'com.example.other' }),
    id: 'F42',
    rule: 'signature-identifier',
    seen: /com\.example\.other/,
  },
  {
    name: 'a signature that breaks off',
    kind: 'developer-id',
    change: signature('dext', {
      tamper: (blobs) => blobs.set(0x10000, blob(0xfade0b01, Buffer.from([0x30, 0x82, 0x10, 0x00, 0x06]))),
    }),
    id: 'F42',
    rule: 'signature-form',
    seen: /offset \d+/,
  },
];
