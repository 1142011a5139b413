// tampering.ts — changed after it was signed: code, entitlements, resources.

import { DEXT_ID, DEXT_PATH, makeDext } from '../bundle.ts';
import { blob } from '../code-signature.ts';
import { FAKE_ROOTS } from '../fake-apple.ts';
import { derEntitlements, xmlPlist } from '../plist.ts';
import type { Variant } from '../variants.ts';
import { after, contentOf, dextAfter, flip, signature } from './change.ts';

const PROGRAM = `${DEXT_PATH}/${DEXT_ID}`;

const APP_PROGRAM = 'Contents/MacOS/Multiport';

export const TAMPERING_VARIANTS: readonly Variant[] = [
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
];
