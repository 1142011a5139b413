import { describe, expect, it } from 'vitest';
import { fillIn } from '../../../tools/model/host/build-settings.ts';

const settings = { PRODUCT_NAME: 'My Driver', EMPTY: '' };
const filled = (text: string) => fillIn(text, settings, 'Info.plist');

describe('fillIn', () => {
  it.each([
    ['nothing to fill in', 'nothing to fill in'],
    ['$(PRODUCT_NAME)', 'My Driver'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Xcode's settings may be written so
    ['${PRODUCT_NAME} and $(PRODUCT_NAME)', 'My Driver and My Driver'],
    ['a$(EMPTY)b', 'ab'],
    ['$(PRODUCT_NAME:rfc1034identifier)', 'My-Driver'],
    ['$(PRODUCT_NAME:c99extidentifier)', 'My_Driver'],
    ['costs $5', 'costs $5'],
  ])('makes of %j: %j', (text, expected) => expect(filled(text)).toBe(expected));

  it('fills in texts however deep, and leaves keys and other values', () => {
    const value = { '$(PRODUCT_NAME)': [{ name: '$(PRODUCT_NAME)', number: 1, flag: true }] };
    expect(fillIn(value, settings, 'Info.plist')).toEqual({
      '$(PRODUCT_NAME)': [{ name: 'My Driver', number: 1, flag: true }],
    });
  });

  it('names the place of a setting nobody knows', () => {
    expect(() => fillIn({ a: [{ b: '$(TEAM)' }] }, settings, 'Info.plist')).toThrow(
      'Info.plist, a[0], b: nobody knows the build setting $(TEAM)',
    );
    expect(() => filled('$(toString)')).toThrow('nobody knows');
    expect(() => filled('$(PRODUCT_NAME:shout)')).toThrow('unknown form, :shout');
  });
});
