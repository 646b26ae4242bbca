import { defineConfig } from 'vitest/config';

/** Run by `npm run test:dynamodb-local`, which starts DynamoDB Local and tells where it is. */
export default defineConfig({
  test: {
    include: ['test/dynamodb-local/*.spec.ts'],
    setupFiles: ['test/no-leaks.setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One after another: each has the engine, and the two cores, to itself.
    fileParallelism: false,
  },
});
