import { readFileSync } from 'node:fs';
import { type ModuleHooks, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A position in a module's file. */
export interface FilePosition {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1; null where it is not known. */
  readonly column: number | null;
}

/** An import of a module that does not exist. */
export interface FailedImport {
  /** The position of the import in its module. */
  readonly position: FilePosition;
  /** What was expected, and the name that is imported. */
  readonly message: string;
}

/** Codes of Node's loader for a file or a package that it can't find. https://nodejs.org/api/errors.html */
const NOT_FOUND: ReadonlySet<unknown> = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_UNSUPPORTED_DIR_IMPORT']);

/**
 * Remembers imports that fail. Node's error names both files but no line, and the text of the import is known only while the
 * loader resolves it.
 */
export class FailedImports {
  /** To be deregistered after the modules are loaded. */
  readonly hooks: ModuleHooks;
  readonly #failed = new WeakMap<object, { readonly specifier: string; readonly from: string }>();

  constructor() {
    this.hooks = registerHooks({
      resolve: (specifier, context, next) => {
        try {
          return next(specifier, context);
        } catch (error) {
          const from = context.parentURL;
          if (isNotFound(error) && from?.startsWith('file:')) this.#failed.set(error, { specifier, from });
          throw error;
        }
      },
    });
  }

  /** The import that failed with this error; null for another error, or if the module's text does not have the import. */
  of(error: unknown): FailedImport | null {
    const failed = isNotFound(error) ? this.#failed.get(error) : undefined;
    if (failed === undefined) return null;
    const { specifier } = failed;
    const file = fileURLToPath(failed.from.replace(/\?.*$/, ''));
    const position = positionOfImport(file, specifier);
    const expected = /^(\.{0,2}\/|file:)/.test(specifier) ? 'a module' : 'a package that is installed';
    return position && { position, message: `expected ${expected}, found none: '${specifier}'` };
  }
}

function isNotFound(error: unknown): error is Error {
  return error instanceof Error && NOT_FOUND.has((error as NodeJS.ErrnoException).code);
}

/** The position in a module's text of this specifier in quotes after `from`, `import` or `require`. */
function positionOfImport(file: string, specifier: string): FilePosition | null {
  const escaped = specifier.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const statement = new RegExp(`(?:\\bfrom|\\bimport|\\brequire)\\s*\\(?\\s*(?=(['"\`])${escaped}\\1)`);
  const text = readFileSync(file, 'utf8');
  const found = statement.exec(text);
  if (found === null) return null;
  const before = text.slice(0, found.index + found[0].length).split('\n');
  return { file, line: before.length, column: (before.at(-1) as string).length + 1 };
}

/** For a module that it can't parse, Node prints `FILE:LINE`, the line of code, and carets under the mistake. */
const UNPARSED = /^((?:file:\/\/)?\/.+|[a-zA-Z]:\\.+):(\d+)$/;
const FRAME = /^\s+at (?:.*\()?((?:file:\/\/)?(?:\/|[a-zA-Z]:\\).+?):(\d+):(\d+)\)?$/;

/**
 * The position in an owner's module that caused an error of its import: the text that can't be parsed, or the first line of the
 * stack that is in the owner's code. Null if there is none.
 * @param own the folder of this package's modules. Its lines are skipped, and so are those of other packages.
 */
export function positionOfError(error: unknown, own: string): FilePosition | null {
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
