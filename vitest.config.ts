import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

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
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
