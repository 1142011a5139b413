import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/host/**/*.test.ts'],
    globalSetup: 'test/host/sanitizer-folder.ts',
    setupFiles: 'test/host/sanitizer-check.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    fileParallelism: false,
  },
});
