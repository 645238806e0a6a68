import { createHash } from 'node:crypto';
import { readCsv, UnreadableHeader } from '../../adapters/files/read-csv.ts';
import { readLines } from '../../adapters/files/text-lines.ts';
import { isJsonObject, parseExactJson } from '../../model/exact-json.ts';
import { type ColumnOptions, type ColumnVocabulary, compileColumns } from './csv-columns.ts';

/** One record of a file, whatever the file's form. */
export interface FileRecord {
  /** Counted from 1. Of a file with rejected lines: the line's number in the file that it was rejected from. */
  readonly line: number;
  /** How many bytes of the file end with it. */
  readonly end: number;
  /** A CSV's row by column, or a line's JSON; where there is a problem, the cells or the text. */
  readonly content: unknown;
  readonly problem: string | null;
}

export interface RecordFileOptions {
  /** Hears a CSV's columns, and what stands between its cells, before the first row is given. What it throws ends the reading. */
  onColumns?(columns: readonly string[], delimiter: string): void;
  /** Of a CSV. */
  readonly delimiter?: string;
}

/** What an import rejects of FILE is in a file of this name: each line `{"line", "code", "message", "record"}`. */
export const REJECTED = '.rejected.ndjson';

/** Whether records of this file are rows with columns, its own or those of the CSV that they were rejected from. */
export function hasRows(file: string): boolean {
  let name = file.toLowerCase();
  while (name.endsWith(REJECTED)) name = name.slice(0, -REJECTED.length);
  return name.endsWith('.csv');
}

/**
 * Reads records one by one, however long the file is: `.csv` as CSV whose first line names the columns, anything else as
 * NDJSON. What can't be read is a record with a problem among the others.
 * @throws Error for a file that can't be read, or a CSV without columns' names.
 */
export function readRecords(file: string, options: RecordFileOptions = {}): AsyncGenerator<FileRecord> {
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

/** What was rejected is read like the original: a CSV's row as a row, a line as a line, each with its number there. */
async function* readRejected(file: string, { onColumns, delimiter = ',' }: RecordFileOptions): AsyncGenerator<FileRecord> {
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

async function* readRows(file: string, { onColumns, delimiter }: RecordFileOptions): AsyncGenerator<FileRecord> {
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
 * The id of a record that has none: the same in every import of the same file, with whatever options, and another one for
 * an equal line further down.
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
  /** What a CSV's columns are; null where they are what they are called. */
  readonly columns: ColumnOptions | null;
  readonly delimiter?: string;
}

/** @throws Error for a file that can't be read, or with columns that don't fit, before the first record. */
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
