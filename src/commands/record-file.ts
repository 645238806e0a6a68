import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';

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
  /** Hears a CSV's columns before the first row is given. What it throws ends the reading. */
  onColumns?(columns: readonly string[]): void;
  /** Of a CSV. */
  readonly delimiter?: string;
}

/** Characters. What is longer is no record, and must not fill the memory. */
const MAX_LINE = 1024 * 1024;
/** Characters of a line that is too long, by which it can be found. */
const SHOWN = 200;
const READ_BYTES = 256 * 1024;
const NOT_UTF8 = 'expected UTF-8, received bytes that are none';

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
 * @throws Error for a file that can't be read, or a CSV that is broken beyond a line.
 */
export function readRecords(file: string, options: RecordFileOptions = {}): AsyncGenerator<FileRecord> {
  if (file.toLowerCase().endsWith(REJECTED)) return readRejected(file, options);
  return hasRows(file) ? readRows(file, options) : readNdjson(file);
}

async function* readNdjson(file: string): AsyncGenerator<FileRecord> {
  for await (const { text, ...place } of readLines(file)) {
    if (place.problem !== null) yield { ...place, content: text };
    else if (text.trim() !== '') yield { ...place, ...parseJson(text) };
  }
}

/** What was rejected is read like the original: a CSV's row as a row, a line as a line, each with its number there. */
async function* readRejected(file: string, { onColumns }: RecordFileOptions): AsyncGenerator<FileRecord> {
  const isOfRows = hasRows(file);
  let columns: readonly string[] | null = null;
  for await (const told of readNdjson(file)) {
    const { line, record } = (told.content ?? {}) as { line?: unknown; record?: unknown };
    if (told.problem !== null || typeof line !== 'number' || record === undefined) {
      yield { ...told, problem: told.problem ?? 'expected a rejected line: {"line": …, "record": …}' };
      continue;
    }
    const place = { line, end: told.end };
    if (!isOfRows) {
      yield { ...place, ...(typeof record === 'string' ? parseJson(record) : { content: record, problem: null }) };
      continue;
    }
    if (!isObject(record)) {
      yield { ...place, content: record, problem: 'expected a row as a JSON object, its values by column' };
      continue;
    }
    if (columns === null) {
      columns = Object.keys(record);
      onColumns?.(columns);
    }
    const isSame = Object.keys(record).every((name) => columns?.includes(name));
    yield { ...place, content: record, problem: isSame ? null : `expected only columns that the first row has: ${columns.join(', ')}` };
  }
}

async function* readRows(file: string, { onColumns, delimiter = ',' }: RecordFileOptions): AsyncGenerator<FileRecord> {
  const format = { bom: true, trim: true, info: true, skip_empty_lines: true, delimiter } as const;
  // Quotes inside a cell are part of it (12" VINYL), and a row with a cell too many is that row's problem only.
  const parser = parse({ ...format, relax_quotes: true, relax_column_count: true, max_record_size: MAX_LINE });
  // An error of the file's ends the parser, too.
  pipeline(createReadStream(file, { highWaterMark: READ_BYTES }), parser, () => {});
  let columns: readonly string[] | null = null;
  try {
    for await (const { record: cells, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number; bytes: number } }>) {
      if (columns === null) {
        columns = cells;
        onColumns?.(columns);
        continue;
      }
      yield { line: info.lines, end: info.bytes, ...toRow(columns, cells) };
    }
  } catch (error) {
    throw explainCsv(file, error as Error);
  }
  if (columns === null) throw new Error(`${file}: expected a first line with the columns' names, received an empty file`);
}

function toRow(columns: readonly string[], cells: readonly string[]): Pick<FileRecord, 'content' | 'problem'> {
  if (cells.length !== columns.length) return { content: cells, problem: `expected ${columns.length} cells, received ${cells.length}` };
  const content = Object.fromEntries(columns.map((name, index) => [name, cells[index]]));
  return { content, problem: cells.some((cell) => cell.includes('\uFFFD')) ? NOT_UTF8 : null };
}

function explainCsv(file: string, error: Error): Error {
  const { code, lines } = error as CsvError;
  if (code !== 'CSV_QUOTE_NOT_CLOSED' && code !== 'CSV_MAX_RECORD_SIZE') return error;
  return new Error(`${file}, before line ${lines}: expected a quote that is closed, or cells of less than 1 MB; received more in one row`);
}

function parseJson(text: string): Pick<FileRecord, 'content' | 'problem'> {
  try {
    return { content: JSON.parse(text), problem: null };
  } catch {
    return { content: text, problem: 'expected a JSON object, received something that is no JSON' };
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Line = Pick<FileRecord, 'line' | 'end' | 'problem'> & { readonly text: string };

async function* readLines(file: string): AsyncGenerator<Line> {
  let line = 0;
  let end = 0;
  let rest = '';
  /** Of the line that is being read: how it begins, once it is too long. */
  let beginning: string | null = null;
  const finish = (text: string): Line => {
    const isTooLong = beginning !== null;
    const shown = beginning ?? (line === 0 && text.startsWith('\uFEFF') ? text.slice(1) : text);
    beginning = null;
    line++;
    end += Buffer.byteLength(text) + 1;
    if (isTooLong) return { line, end, text: shown, problem: 'expected less than 1 MB on one line' };
    return { line, end, text: shown, problem: shown.includes('\uFFFD') ? NOT_UTF8 : null };
  };
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: READ_BYTES })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() as string;
    for (const text of lines) yield finish(text);
    if (rest.length > MAX_LINE) {
      beginning ??= rest.slice(0, SHOWN);
      end += Buffer.byteLength(rest);
      rest = '';
    }
  }
  if (rest !== '' || beginning !== null) yield finish(rest);
}
