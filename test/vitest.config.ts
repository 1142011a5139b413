import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/host/**', 'test/vm/**', 'node_modules/**'],
    setupFiles: ['test/support/ordinary-machine.ts'],
    testTimeout: 20_000,
  },
});
