import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const workers = Math.max(2, Math.min(4, availableParallelism()));

export default defineConfig({
  root: import.meta.dirname + '/..',
  test: {
    globalSetup: ['test/global-setup.ts'],
    onConsoleLog: () => false,
    maxWorkers: workers,
    hookTimeout: 60_000,
    testTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'app',
          include: ['src/**/*.test.ts', 'local/**/*.test.ts', 'test/*.test.ts', 'test/guards/**/*.test.ts'],
        },
      },
      { extends: true, test: { name: 'worker', include: ['test/scenarios/**/*.test.ts'] } },
    ],
  },
});
