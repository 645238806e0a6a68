import { fileURLToPath } from 'node:url';

/** Where in a module something went wrong. */
export interface ErrorPlace {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1; null where it is not known. */
  readonly column: number | null;
}

/** Node prints a module that it can't parse as `FILE:LINE`, the code, and a line of carets under what is wrong in it. */
const UNPARSED = /^((?:file:\/\/)?\/.+|[a-zA-Z]:\\.+):(\d+)$/;
const FRAME = /^\s+at (?:.*\()?((?:file:\/\/)?(?:\/|[a-zA-Z]:\\).+?):(\d+):(\d+)\)?$/;

/**
 * The place in an owner's module that an error of its import comes from: where its text can't be parsed, or the first of
 * its lines that the stack names. Null where none is named.
 * @param own the folder of this package's own modules, which are left out, as are those of other packages.
 */
export function placeOfError(error: unknown, own: string): ErrorPlace | null {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  const unparsed = UNPARSED.exec(lines[0] ?? '');
  if (unparsed !== null) {
    const [, file = '', line] = unparsed;
    const caret = lines.find((text) => /^\s*\^+\s*$/.test(text))?.indexOf('^');
    return { file: pathOf(file), line: Number(line), column: caret === undefined ? null : caret + 1 };
  }
  for (const text of lines) {
    const [, file = '', line, column] = FRAME.exec(text) ?? [];
    if (file === '' || pathOf(file).startsWith(own) || file.includes('/node_modules/')) continue;
    return { file: pathOf(file), line: Number(line), column: Number(column) };
  }
  return null;
}

function pathOf(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file.replace(/\?.*$/, '')) : file;
}
