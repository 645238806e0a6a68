import { createHash } from 'node:crypto';
import type { FileRecord } from './record-file.ts';

/**
 * The id of a record that has none: the same in every import of the same file, with whatever options, and another one for
 * an equal line further down.
 */
export function importedId({ line, content }: FileRecord): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([line, content]))
    .digest('hex');
  return `import-${digest.slice(0, 32)}`;
}
