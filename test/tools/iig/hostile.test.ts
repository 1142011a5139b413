import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lex } from '../../../tools/iig/lex.ts';
import { Mistakes } from '../../../tools/iig/mistakes.ts';
import { compileText, driver, mistakesIn, SDK } from '../../support/iig.ts';

const DEEP = 100_000;
const sample = driver(`
  enum { kRoom = 16 };
  virtual bool init() override;
#if DEBUG
  void Dump() LOCALONLY;
#endif
  virtual kern_return_t Ask(OSAction * action TYPE(Done), const IOServiceName name, const uint32_t sizes[kRoom], int sizesCount, uint64_t * answer, OSData ** data) QUEUENAME(Work);
  virtual void Done(OSAction * action TARGET, IOReturn status) = 0;
  void OnDone(OSAction * action, IOReturn status) TYPE(Driver::Done);
  static kern_return_t Make(Driver ** made) LOCALONLY;`);

describe('the compiler, given what no person would write,', () => {
  it('reports a file that ends after any of its words, or compiles it when it is whole there', () => {
    const { tokens } = lex('Test.iig', sample, new Mistakes());
    const whole = tokens.filter(({ end }) => compileText(sample.slice(0, end)).ok).map(({ text }) => text);
    expect(tokens.length).toBeGreaterThan(100);
    // before the class it is whole behind the include, behind the class only with its `;`
    expect(whole).toEqual(['#include <DriverKit/IOService.iig>', ';', '']);
  });

  it('reports a file from which any one word is missing, or compiles it', () => {
    const { tokens } = lex('Test.iig', sample, new Mistakes());
    for (const { start, end } of tokens)
      expect(typeof compileText(sample.slice(0, start) + sample.slice(end)).ok).toBe('boolean');
  });

  it('reports a file in which any one word is doubled or swapped with its neighbour, or compiles it', () => {
    const { tokens } = lex('Test.iig', sample, new Mistakes());
    for (const [index, { start, end, text }] of tokens.entries()) {
      expect(typeof compileText(`${sample.slice(0, end)} ${text} ${sample.slice(end)}`).ok).toBe('boolean');
      const next = tokens[index + 1];
      if (next)
        expect(typeof compileText(`${sample.slice(0, start)} ${next.text} ${text} ${sample.slice(next.end)}`).ok).toBe(
          'boolean',
        );
    }
  });

  it('reports bytes that are no text', () => {
    let state = 1;
    const garbage = Array.from({ length: 200_000 }, () => {
      state = (state * 1103515245 + 12345) & 0x7fffffff;
      return String.fromCharCode(state % 0x300);
    }).join('');
    expect(mistakesIn(garbage).length).toBeGreaterThan(0);
    expect(mistakesIn(driver(garbage)).length).toBeGreaterThan(0);
  });

  const NESTING = [
    '(',
    '[',
    '{',
    '<',
    '(*',
    '{(',
    '[[',
    'class A {',
    'namespace n {',
    'enum {',
    'TYPE(',
    '__attribute__((',
    '#if 1\n',
  ];
  it.each(NESTING)(
    'survives a hundred thousand of `%s` in each other',
    (piece) => survives(piece.repeat(DEEP)),
    60_000,
  );

  const PIECES = [
    ')',
    ']',
    '}',
    '>',
    '*',
    '&',
    '::',
    '^',
    ',',
    ';',
    '"',
    "'",
    '/*',
    'R"(',
    '#',
    '\\',
    '~',
    '=',
    'class ',
    'typedef ',
    'template <',
  ];
  it.each([...PIECES, '#if (\n', '#if !!\n', '#define A A A\n A '])('survives ten thousand of `%s`', (piece) =>
    survives(piece.repeat(10_000)),
  );

  /** Outside of a class; inside, among parameters and behind them. */
  function survives(many: string): void {
    for (const text of [many, driver(`kern_return_t Go(${many}) ${many};`)])
      expect(typeof compileText(text).ok).toBe('boolean');
  }

  it('survives conditions that are nested, chained or negated without end', () => {
    for (const condition of [
      '('.repeat(DEEP),
      '!'.repeat(DEEP),
      `1${' + 1'.repeat(DEEP)}`,
      `1${' ? 1 : 1'.repeat(DEEP)}`,
      '1 / 0',
      'defined',
      'A(',
    ])
      expect(typeof compileText(`#if ${condition}\n#endif\n`).ok).toBe('boolean');
  });

  it('survives macros that stand for themselves, for each other, and for ever more', () => {
    const doubling = Array.from({ length: 64 }, (_, index) => `#define M${index + 1} M${index} M${index}`).join('\n');
    const chain = Array.from({ length: DEEP }, (_, index) => `#define C${index + 1} C${index}`).join('\n');
    expect(mistakesIn(`#define A B\n#define B A\n${driver('A Go();')}`)).not.toEqual([]);
    expect(mistakesIn(`#define M0 x\n${doubling}\nM64`)).not.toEqual([]);
    expect(typeof compileText(`${chain}\n${driver(`C${DEEP} Go();`)}`).ok).toBe('boolean');
  }, 60_000);

  it('survives files that include themselves and each other', () => {
    const files = { 'A.iig': '#include "B.iig"\nclass A;', 'B.iig': '#include "A.iig"\n#include "Test.iig"\nclass B;' };
    expect(mistakesIn('#include "A.iig"\n#include "Test.iig"\nclass C : public A {\n};', files)).toEqual([]);
  });

  it('survives a class that is its own ancestor', () => {
    expect(mistakesIn('class A : public A {\n  virtual kern_return_t Go() override;\n};')).not.toEqual([]);
    expect(
      typeof compileText(
        'class B;\nclass A : public B {\n virtual bool x() override;\n};\nclass B : public A {\n virtual bool x() override;\n};',
      ).ok,
    ).toBe('boolean');
  });

  it('reports every file of the SDK that ends in the middle, or compiles it', () => {
    for (const name of ['DriverKit/IOUserClient.iig', 'USBDriverKit/IOUSBHostPipe.iig']) {
      const text = readFileSync(join(SDK, name), 'utf8');
      for (let end = 0; end < text.length; end += 97) expect(typeof compileText(text.slice(0, end)).ok).toBe('boolean');
    }
  });
});
