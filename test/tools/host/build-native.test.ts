import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildNative } from '../../../tools/adapters/host/build.ts';

const CMAKE = `#!/bin/sh
echo "main.cpp:1: error: expected ';'"
exit 1
`;

describe('a native build that fails', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'multiport-cmake-'));
    writeFileSync(join(folder, 'cmake'), CMAKE, { mode: 0o755 });
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  const failure = (output: Parameters<typeof buildNative>[1]) =>
    buildNative('dev', output).then(
      () => '',
      (error: Error) => error.message,
    );

  it("says the compiler's words once: in the error, or where they were shown", async () => {
    const shown: string[] = [];
    expect(await failure({ show: (line) => shown.push(line) })).not.toContain('main.cpp');
    expect(shown).toEqual(["main.cpp:1: error: expected ';'"]);
    expect(await failure({ progress: () => undefined })).toContain("main.cpp:1: error: expected ';'");
    expect(await failure({})).toContain("main.cpp:1: error: expected ';'");
  });
});
