import { closeSync, openSync, readSync } from 'node:fs';
import { type CsvRow, CsvRows } from './csv-rows.ts';
import { LineSplitter, readLines, type TextLine } from './text-lines.ts';

export interface CsvOptions {
  /** The character between cells. Left out: the one that the file's `sep=` line names, otherwise a comma. */
  readonly delimiter?: string | undefined;
}

/** The first line of a CSV has no names of columns. The message names no file. */
export class UnreadableHeader extends Error {}

/** Enough for any header. */
const HEADER_BYTES = 64 * 1024;

/** The first line of a CSV that names the delimiter; spreadsheets write and read it. */
const SEPARATOR_LINE = /^"?sep=(.)"?$/i;

/** @returns the character between cells: a tab may be written `\\t` or `tab`; null for a text that is none. */
export function delimiterOf(text: string): string | null {
  if (text === '\\t' || text.toLowerCase() === 'tab') return '\t';
  return text.length === 1 && !/["\r\n]/.test(text) ? text : null;
}

/**
 * The rows of a CSV below its header. Empty rows are left out (spreadsheets write them below the data), and so are repeated
 * headers, which joined exports have.
 */
class CsvTable {
  readonly #given: string | undefined;
  #rows: CsvRows | null = null;
  #columns: readonly string[] | null = null;
  #delimiter = ',';
  /** False where the last line has no line end. */
  #isWhole = true;

  constructor({ delimiter }: CsvOptions) {
    this.#given = delimiter;
  }

  /** The header's cells; null before it is read. */
  get columns(): readonly string[] | null {
    return this.#columns;
  }

  get delimiter(): string {
    return this.#delimiter;
  }

  /** @throws UnreadableHeader */
  push(lines: readonly TextLine[]): CsvRow[] {
    this.#isWhole = lines.at(-1)?.ending !== '';
    if (this.#rows !== null) return this.#under(this.#rows.push(lines));
    const [first, ...others] = lines;
    if (first === undefined) return [];
    const separator = SEPARATOR_LINE.exec(first.text)?.[1];
    this.#delimiter = this.#given ?? separator ?? ',';
    this.#rows = new CsvRows(this.#delimiter);
    return this.#under(this.#rows.push(separator === undefined ? lines : others));
  }

  /** @throws UnreadableHeader for a file without any. */
  end(): CsvRow[] {
    const rows = this.#under(this.#rows?.end() ?? []);
    if (this.#columns === null) throw new UnreadableHeader("expected a first line with the columns' names, received an empty file");
    const last = rows.at(-1);
    // A quote is open and the last line has no end: the file was cut off inside a cell of several lines.
    return rows.length > 1 && last?.problem && !this.#isWhole ? [...rows.slice(0, -1), { ...last, isCutOff: true }] : rows;
  }

  #under(rows: readonly CsvRow[]): CsvRow[] {
    return rows.flatMap((row) => {
      if (this.#columns === null) {
        if (row.problem !== null) throw new UnreadableHeader(`line ${row.line}, the columns' names: ${row.problem}`);
        this.#columns = row.cells;
        return [];
      }
      if (row.problem !== null) return [row];
      const { cells } = row;
      if (cells.every((cell) => cell === '') || isSeparatorLine(cells)) return [];
      if (cells.length === this.#columns.length) return this.#isHeader(cells) ? [] : [row];
      return [{ ...row, problem: `expected ${this.#columns.length} cells, received ${cells.length}` }];
    });
  }

  #isHeader(cells: readonly string[]): boolean {
    return cells.every((cell, index) => cell === this.#columns?.[index]);
  }
}

/** True for a row made of a `sep=` line, which joined exports have in the middle, too. */
function isSeparatorLine(cells: readonly string[]): boolean {
  return cells.length === 2 && cells[0]?.toLowerCase() === 'sep=' && cells[1] === '';
}

/**
 * Reads the rows of a CSV one by one, however long the file is. `fileAdapter` and `import` share this reader.
 * @param onHeader is called before the first row, with the columns' names in their order and the delimiter. An exception ends the reading.
 * @throws UnreadableHeader, or the file system's error.
 */
export async function* readCsv(
  file: string,
  options: CsvOptions,
  onHeader: (columns: readonly string[], delimiter: string) => void,
): AsyncGenerator<CsvRow> {
  const table = new CsvTable(options);
  let isKnown = false;
  const reportHeader = () => {
    if (isKnown || table.columns === null) return;
    isKnown = true;
    onHeader(table.columns, table.delimiter);
  };
  for await (const lines of readLines(file)) {
    const rows = table.push(lines);
    reportHeader();
    yield* rows;
  }
  const rows = table.end();
  reportHeader();
  yield* rows;
}

/** @returns the names of a file's columns, without empty ones (a delimiter at the end of a header makes one); null without a readable header. */
export function columnsOf(file: string, options: CsvOptions): string[] | null {
  const table = new CsvTable(options);
  const splitter = new LineSplitter();
  try {
    table.push([...splitter.push(beginningOf(file)), ...splitter.end()]);
    return table.columns && [...new Set(table.columns)].filter((name) => name !== '');
  } catch {
    return null;
  }
}

function beginningOf(file: string): string {
  const opened = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(HEADER_BYTES);
    return bytes.toString('utf8', 0, readSync(opened, bytes, 0, HEADER_BYTES, 0));
  } finally {
    closeSync(opened);
  }
}
