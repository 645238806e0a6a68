import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { compressionPlugin, documentsPlugin } from './build-plugins.ts';
import { elementPlugin } from './embed-element/element-plugin.ts';

/** Builds the agent desktop into `agent-desktop/dist`, which the gateway serves under `/agent`. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/agent/',
  plugins: [documentsPlugin(), elementPlugin(), compressionPlugin()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // A content security policy without `data:` fonts and scripts: every asset is a file.
    assetsInlineLimit: 0,
    // KB as it is; what counts is what the first load weighs compressed, which a test limits.
    chunkSizeWarningLimit: 1_000,
    // The licences of what is bundled ask for their texts beside it.
    license: { fileName: 'third-party-licenses.md' },
  },
});
