import { defineConfig } from 'vitest/config';

/** Whole services as processes of their own, with hundreds of callers: they need the machine for themselves. */
const PROCESSES = [
  'test/integration/local-service.test.ts',
  'test/integration/local-database.test.ts',
  'test/integration/smoke.test.ts',
];

const shared = { setupFiles: ['test/no-leaks.setup.ts'], testTimeout: 20_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'code',
          include: ['test/**/*.test.ts'],
          exclude: PROCESSES,
          // One more than the cores of a small machine: some wait more than they work.
          maxWorkers: 3,
          // The modules of one worker are loaded once: the CDK alone takes seconds.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'processes',
          include: PROCESSES,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
