import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { PATIENTLY } from './test/support/waiting.ts';
import { WANTED_STORES } from './test/support/wanted-stores.ts';

/** Tests that no store in PostgreSQL passes through, in the folders below. */
const WITHOUT_STORE = [
  ...[
    'test/store/sqlite/**',
    'test/store/plan/**',
    'test/identity/{keep-within,rules}.test.ts',
    'test/capture/{capture-page,normalize}.test.ts',
  ],
  ...[
    'test/journey/{customer-watch,customers-who-lost}.test.ts',
    'test/offers/{definition,decision,rules}/**',
    'test/offers/did-you-mean.test.ts',
  ],
];

const ALL = ['test/**/*.test.ts'];

/** A run of all tests whose store is SQLite, and one of those that touch a store. Where TEST_STORE is set, one run of all as it says. */
const PROJECTS = [
  {
    extends: true as const,
    test: {
      ...{ name: 'sqlite', env: { TEST_STORE: 'sqlite' }, include: ALL },
      exclude: WANTED_STORES.includes('postgres') ? ['test/store/postgres/**'] : [],
    },
  },
  {
    extends: true as const,
    test: {
      name: 'postgres',
      env: { TEST_STORE: 'postgres' },
      include: ['test/{store,identity,journey,profile,capture,offers}/**/*.test.ts', 'test/attacks/offers.test.ts'],
      exclude: WITHOUT_STORE,
    },
  },
].filter(({ test }) => WANTED_STORES.includes(test.name));

export default defineConfig({
  resolve: {
    alias: [
      { find: 'customer-profile-gateway', replacement: fileURLToPath(new URL('./src/index.ts', import.meta.url)) },
      // Vite would pick graphql's ES module while Apollo, loaded by Node, picks the other: two copies that refuse each other's types.
      { find: /^graphql$/, replacement: 'graphql/index.js' },
    ],
  },
  test: {
    environment: 'node',
    // A project's own list of files would be added to one that stands here.
    ...(process.env.TEST_STORE === undefined ? { projects: PROJECTS } : { include: ALL }),
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
