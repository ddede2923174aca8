import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const shared = { hookTimeout: 60_000, testTimeout: 60_000 };

export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  test: {
    onConsoleLog: () => false,
    maxWorkers: Math.max(2, Math.min(4, availableParallelism())),
    projects: [
      {
        test: {
          ...shared,
          name: 'app',
          globalSetup: ['test/global-setup.ts'],
          include: [
            'src/**/*.test.ts',
            'local/**/*.test.ts',
            'bench/**/*.test.ts',
            'test/*.test.ts',
            'test/{guards,faults,engine-room}/**/*.test.ts',
          ],
        },
      },
      {
        test: {
          ...shared,
          name: 'worker',
          globalSetup: ['test/scenarios/global-setup.ts'],
          include: ['test/scenarios/**/*.test.ts'],
          // One Worker serves them all.
          fileParallelism: false,
        },
      },
    ],
  },
});
