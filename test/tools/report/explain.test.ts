import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXIT, UserError } from '../../../tools/model/user-error.ts';
import { explain } from '../../../tools/report/explain.ts';

describe('explain', () => {
  it('says what the user can do, without a stack', () => {
    expect(explain(new UserError('No adapter is plugged in', 'Plug one in.'))).toEqual({
      text: 'No adapter is plugged in\n  Plug one in.',
      exitCode: EXIT.fixable,
    });
  });

  it('keeps the exit code for unusable input', () => {
    expect(explain(new UserError('Not a dump', 'Give a dump.', EXIT.unusable)).exitCode).toBe(2);
  });

  it('takes a path that cannot be used for no bug, but a program that is missing for one', () => {
    const open = () => readFileSync('x'.repeat(300));
    expect(open).toThrow();
    try {
      open();
    } catch (error) {
      expect(explain(error)).toEqual({
        exitCode: EXIT.unusable,
        text: expect.stringMatching(/^name too long, open 'x/),
      });
    }
    const { error } = spawnSync('/no/such/program');
    expect(explain(error).exitCode).toBe(EXIT.bug);
  });

  it('shows the stack of everything else and calls it our bug', () => {
    const { text, exitCode } = explain(new Error('boom'));
    expect(exitCode).toBe(EXIT.bug);
    expect(text).toContain('explain.test.ts');
  });
});
