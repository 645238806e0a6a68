import { createHash } from 'node:crypto';
import { readCsv, UnreadableHeader } from '../../adapters/files/read-csv.ts';
import { readLines } from '../../adapters/files/text-lines.ts';
import { isJsonObject, parseExactJson } from '../../model/exact-json.ts';
import { type ColumnOptions, type ColumnVocabulary, compileColumns } from './csv-columns.ts';

/** One record of a file of any format. */
export interface FileRecord {
  /** Counted from 1. In a file with rejected lines, the line's number in the original file. */
  readonly line: number;
  /** Bytes of the file up to the end of this record. */
  readonly end: number;
  /** A CSV's row by column, or a line's JSON; with a problem, the cells or the text. */
  readonly content: unknown;
  /** Null for a record that could be read. */
  readonly problem: string | null;
}

interface ReadOptions {
  /** Receives a CSV's columns and its delimiter before the first row. An error that it throws ends the reading. */
  onColumns?(columns: readonly string[], delimiter: string): void;
  /** The character between a CSV's cells. */
  readonly delimiter?: string;
}

/** Ending of the file that has the rejected records of FILE: each line is `{"line", "code", "message", "record"}`. */
export const REJECTED = '.rejected.ndjson';

/** True if the records are rows with columns: those of a CSV, or rows that were rejected from a CSV. */
export function hasRows(file: string): boolean {
  let name = file.toLowerCase();
  while (name.endsWith(REJECTED)) name = name.slice(0, -REJECTED.length);
  return name.endsWith('.csv');
}

/**
 * Reads records one by one, so the file may be of any length: `.csv` as CSV whose first line names the columns, anything else as
 * NDJSON. A line that can't be read is a record with a problem.
 * @throws Error for a file that can't be read, or a CSV without columns' names.
 */
function readRecords(file: string, options: ReadOptions): AsyncGenerator<FileRecord> {
  if (file.toLowerCase().endsWith(REJECTED)) return readRejected(file, options);
  return hasRows(file) ? readRows(file, options) : readNdjson(file);
}

async function* readNdjson(file: string): AsyncGenerator<FileRecord> {
  for await (const lines of readLines(file)) {
    for (const { line, end, text, problem } of lines) {
      if (problem !== null) yield { line, end, content: text, problem };
      else if (text.trim() !== '') yield { line, end, ...parseJson(text) };
    }
  }
}

/** Reads rejected records like the original file: a CSV's row as a row, a line as a line, each with its line number there. */
async function* readRejected(file: string, { onColumns, delimiter = ',' }: ReadOptions): AsyncGenerator<FileRecord> {
  const isOfRows = hasRows(file);
  let columns: readonly string[] | null = null;
  for await (const rejected of readNdjson(file)) {
    const { line, record } = (rejected.content ?? {}) as { line?: unknown; record?: unknown };
    if (rejected.problem !== null || typeof line !== 'number' || record === undefined) {
      yield { ...rejected, problem: rejected.problem ?? 'expected a rejected line: {"line": …, "record": …}' };
      continue;
    }
    const at = { line, end: rejected.end };
    if (!isOfRows) {
      yield { ...at, ...(typeof record === 'string' ? parseJson(record) : { content: record, problem: null }) };
      continue;
    }
    if (!isJsonObject(record)) {
      yield { ...at, content: record, problem: 'expected a row as a JSON object, its values by column' };
      continue;
    }
    if (columns === null) {
      columns = Object.keys(record);
      onColumns?.(columns, delimiter);
    }
    const isSame = Object.keys(record).every((name) => columns?.includes(name));
    yield { ...at, content: record, problem: isSame ? null : `expected only columns that the first row has: ${columns.join(', ')}` };
  }
}

async function* readRows(file: string, { onColumns, delimiter }: ReadOptions): AsyncGenerator<FileRecord> {
  let columns: readonly string[] = [];
  try {
    const rows = readCsv(file, { delimiter }, (names, between) => {
      columns = names;
      onColumns?.(names, between);
    });
    for await (const { line, end, cells, problem, text } of rows) {
      if (text !== null || cells.length !== columns.length) yield { line, end, content: text ?? cells, problem };
      else yield { line, end, content: Object.fromEntries(columns.map((name, index) => [name, cells[index]])), problem };
    }
  } catch (error) {
    if (error instanceof UnreadableHeader) throw new Error(`${file}: ${error.message}`);
    throw error;
  }
}

function parseJson(text: string): Pick<FileRecord, 'content' | 'problem'> {
  try {
    return { content: parseExactJson(text), problem: null };
  } catch {
    return { content: text, problem: 'expected a JSON object, received something that is no JSON' };
  }
}

/**
 * Makes an id for a record without one. It is the same in every import of the same file, with any options, and differs for equal
 * records of different lines.
 */
export function importedId({ line, content }: FileRecord): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([line, content]))
    .digest('hex');
  return `import-${digest.slice(0, 32)}`;
}

/** A record with its content as fields: a line's JSON, or a row's columns. */
export interface ParsedRecord extends FileRecord {
  readonly parsed: unknown;
}

export interface ParseOptions {
  /** The options for a CSV's columns; null if their names decide alone. */
  readonly columns: ColumnOptions | null;
  readonly delimiter?: string;
}

/**
 * Reads records and their fields, one by one.
 * @throws Error before the first record for a file that can't be read, or for columns that don't fit.
 */
export async function* readParsedRecords(
  file: string,
  vocabulary: ColumnVocabulary,
  { columns, delimiter }: ParseOptions,
): AsyncGenerator<ParsedRecord> {
  let mapRow: ReturnType<typeof compileColumns> | undefined;
  const onColumns = (names: readonly string[], between: string) => {
    mapRow = compileColumns(file, names, vocabulary, columns, between);
  };
  for await (const record of readRecords(file, { onColumns, delimiter })) {
    const mapped = mapRow === undefined || record.problem !== null ? null : mapRow(record.content as Record<string, unknown>);
    if (mapped === null) yield { ...record, parsed: record.content };
    else if ('problem' in mapped) yield { ...record, problem: mapped.problem, parsed: null };
    else yield { ...record, parsed: mapped.record };
  }
}
