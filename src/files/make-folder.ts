import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and the missing ones above it. `mkdirSync(path, { recursive: true })` of Node.js 24.21
 * never returns if the parent exists and answers ENOENT, as in `/proc/x` or behind a dangling symbolic link.
 * @param mode of the folders that are made; the process's default if not given.
 * @throws Error of the file system, with its `code`.
 */
export function makeFolder(path: string, mode?: number): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent, mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Another process may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}
