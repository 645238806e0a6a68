import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const DOCUMENTS = 'persisted-documents.json';

/** Puts the manifest of the desktop's own documents beside its page: a published gateway trusts them by it. */
export function documentsPlugin(): Plugin {
  return {
    name: 'agent-desktop-documents',
    apply: 'build',
    generateBundle() {
      const source = readFileSync(fileURLToPath(new URL(`src/generated/${DOCUMENTS}`, import.meta.url)));
      this.emitFile({ type: 'asset', fileName: DOCUMENTS, source });
    },
  };
}

/** Files of these kinds get smaller. */
const TEXTS = /\.(js|css|svg)$/;

/** Compresses every file as far as possible, once, so that the gateway does not do it while an agent waits. */
export function compressionPlugin(): Plugin {
  return {
    name: 'agent-desktop-compression',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const texts = Object.values(bundle).filter(({ fileName }) => TEXTS.test(fileName));
        await Promise.all(
          texts.map(async (file) => {
            const plain = Buffer.from(file.type === 'chunk' ? file.code : file.source);
            const [zipped, brotli] = await Promise.all([
              promisify(gzip)(plain, { level: 9 }),
              promisify(brotliCompress)(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
            ]);
            this.emitFile({ type: 'asset', fileName: `${file.fileName}.gz`, source: zipped });
            this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source: brotli });
          }),
        );
      },
    },
  };
}
