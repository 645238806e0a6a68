import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import type { Plugin } from 'vite';

/**
 * Adds `customer-profile.js` to the desktop's build: one classic script, so that a page of any origin may load it, and whose name
 * never changes, since those pages name it.
 */
export function elementPlugin(): Plugin {
  return {
    name: 'customer-profile-element',
    apply: 'build',
    async generateBundle() {
      const bundle = await rolldown({
        input: fileURLToPath(new URL('customer-profile.ts', import.meta.url)),
        platform: 'browser',
        transform: { target: 'es2022' },
        logLevel: 'warn',
      });
      const { output } = await bundle.generate({ format: 'iife', name: 'customerProfile', minify: true });
      await bundle.close();
      this.emitFile({ type: 'asset', fileName: 'customer-profile.js', source: output[0].code });
    },
  };
}
