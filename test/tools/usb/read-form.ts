// read-form.ts — a text or bytes in, what tools/probe makes of them out.

import { readIdentity } from '../../../tools/model/usb/identity.ts';
import { readSubject } from '../../../tools/model/usb/subject.ts';
import { recognise } from '../../../tools/model/usb/text/recognise.ts';
import { fixtureBytes } from './fixtures.ts';

export const read = (text: string | Uint8Array) =>
  recognise(typeof text === 'string' ? Buffer.from(text) : text, 'input');

export const identitiesIn = (name: string) =>
  recognise(fixtureBytes(name), name).map((dump) => readIdentity(readSubject(dump)));
