import { describe, expect, it } from 'vitest';
import { fold, foldParagraphs } from '../../../tools/report/text.ts';

const lines = (...text: string[]) => text.join('\n');

describe('text in a narrow terminal', () => {
  it('is broken at spaces, under where its words begin', () => {
    const text = lines(
      '✔ a mark and then some words',
      '  --key FILE  what the option is for',
      '→ fix',
      'plain words that are too long as well',
    );
    expect(fold(text, 23)).toBe(
      lines(
        '✔ a mark and then some',
        '  words',
        '  --key FILE  what the',
        '    option is for',
        '→ fix',
        'plain words that are',
        'too long as well',
      ),
    );
    expect(fold(text, 30)).toContain(lines('  --key FILE  what the option', '              is for'));
  });

  it('is left alone where there is room', () => {
    const text = '  a   b  and  the  rest';
    expect(fold(text, 80)).toBe(text);
    expect(fold(text, Number.POSITIVE_INFINITY)).toBe(text);
  });

  it('keeps a word that is longer than a line', () => {
    expect(fold('see https://developer.apple.com/account/resources', 20)).toBe(
      lines('see', 'https://developer.apple.com/account/resources'),
    );
  });
});

describe('a help text in a narrow terminal', () => {
  const help = lines(
    'Usage: tools/x [--one] [--two] [--three]',
    '       tools/x OTHER',
    '',
    'A paragraph that was broken for',
    'another width.',
    '',
    '  --one   first',
    '  --two   second, which',
    '          goes on',
    '  --three third',
  );

  it('has its paragraphs put together first, and its options not', () => {
    expect(foldParagraphs(help, 28)).toBe(
      lines(
        'Usage: tools/x [--one]',
        '               [--two]',
        '               [--three]',
        '       tools/x OTHER',
        '',
        'A paragraph that was broken',
        'for another width.',
        '',
        '  --one   first',
        '  --two   second, which goes',
        '          on',
        '  --three third',
      ),
    );
  });

  it('is printed as it was written where there is room', () => {
    expect(foldParagraphs(help, 80)).toBe(help);
  });
});
