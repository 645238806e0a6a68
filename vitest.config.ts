import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { PATIENTLY } from './test/support/waiting.ts';

export default defineConfig({
  resolve: {
    alias: [
      { find: 'customer-profile-gateway', replacement: fileURLToPath(new URL('./src/index.ts', import.meta.url)) },
      // Vite would pick graphql's ES module while Apollo, loaded by Node, picks the other: two copies that refuse each other's types.
      { find: /^graphql$/, replacement: 'graphql/index.js' },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    globalSetup: ['test/support/test-database.ts'],
    // Tests start many processes and wait for them: four files at a time keep two cores busy.
    maxWorkers: Math.max(4, availableParallelism()),
    // Nothing here has state of its own in a module, so a worker loads the servers once and not for every file.
    isolate: false,
    // Of the commands that tests start: Node keeps what it compiled.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('./node_modules/.cache/compiled', import.meta.url)) },
    // A machine that has other work is slower, and no test is about time.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Of `expect.poll`, whose own default is a second.
    expect: { poll: PATIENTLY },
  },
});
