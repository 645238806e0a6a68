import { statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type FailedImports, type FilePosition, positionOfError } from './import-errors.ts';
import type { Problem } from './problem.ts';

/** What every function that reads a file of the project needs. */
export interface FileReading {
  /** A path in the form in which messages show it. */
  readonly shown: (path: string) => string;
  readonly report: (problem: Problem) => void;
  readonly imports: FailedImports;
}

/** The folder of this package's own modules. */
const OWN = fileURLToPath(new URL('..', import.meta.url));

/** What a path names; null if nothing exists there. */
export function kindOf(path: string): 'file' | 'folder' | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? null : found.isDirectory() ? 'folder' : 'file';
}

/**
 * @param advice for a path that names no file.
 * @returns the module's default export, or undefined with the problem reported.
 */
export async function importDefault(file: string, { shown, report, imports }: FileReading, advice: string): Promise<unknown> {
  const where = shown(file);
  const kind = kindOf(file);
  if (kind !== 'file') {
    report({ where, message: `expected a file here, found ${kind === null ? 'none' : 'a folder'}; ${advice}` });
    return undefined;
  }
  try {
    const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { default?: unknown };
    if (module.default === undefined) report({ where, message: 'expected an export default, found none' });
    return module.default;
  } catch (error) {
    const missing = imports.of(error);
    if (missing !== null) {
      report({ where: positionText(missing.position, shown), message: missing.message });
      return undefined;
    }
    const position = positionOfError(error, OWN);
    const at = position === null ? where : positionText(position, shown);
    report({ where: at, message: messageOf(error) });
    return undefined;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof SyntaxError) return `syntax error: ${error.message}`;
  // The message of a name that no import gives, most often `defineOffer` in a file that was copied without its first line.
  if (error instanceof ReferenceError && /^\S+ is not defined$/.test(error.message)) return `${error.message}; is its import missing?`;
  return error instanceof Error ? error.message : String(error);
}

function positionText({ file, line, column }: FilePosition, shown: (path: string) => string): string {
  return [shown(file), line, ...(column === null ? [] : [column])].join(':');
}
