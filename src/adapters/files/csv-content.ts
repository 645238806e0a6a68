import { AdapterFailure } from '../adapter-failure.ts';
import { matchFieldOf, missingField } from '../match-field.ts';
import type { CsvRow } from './csv-rows.ts';
import { type DecimalMark, decimalMarkOf, EXPECTED_BOOLEAN, expectedNumber, readBoolean, readNumber } from './csv-values.ts';
import { type FileContent, FileContentBuilder } from './file-content.ts';
import { type CsvOptions, readCsv, UnreadableHeader } from './read-csv.ts';

export interface CsvRecordOptions extends CsvOptions {
  readonly types: Readonly<Record<string, 'number' | 'boolean'>>;
  readonly decimalComma?: boolean | undefined;
}

/**
 * Reads a CSV's records. A broken row is left out, and its key fails: its record is not known.
 * @throws AdapterFailure SOURCE_INVALID for a file without a header or the key's column, or one that was cut off: any key's
 * record may be missing.
 */
export async function readCsvContent(
  path: string,
  match: string,
  { types, decimalComma, ...options }: CsvRecordOptions,
): Promise<FileContent> {
  const content = new FileContentBuilder();
  let columns: readonly string[] = [];
  let mark: DecimalMark = 'point';
  const rows = readCsv(path, options, (names, delimiter) => {
    if (!names.includes(match)) throw missingField(matchFieldOf(match), [Object.fromEntries(names.map((name) => [name, null]))], []);
    if (names.indexOf(match) !== names.lastIndexOf(match))
      throw new AdapterFailure('SOURCE_INVALID', `expected one column ${match} (match), received several: the key of a row is ambiguous`);
    columns = names;
    mark = decimalMarkOf(decimalComma, delimiter);
  });
  try {
    for await (const row of rows) {
      if (row.isCutOff) throw new AdapterFailure('SOURCE_INVALID', `the file ends in the middle of line ${row.line}`);
      const read = row.problem === null ? toRecord(row.cells, columns, types, mark) : row.problem;
      if (typeof read !== 'string') content.records.push(read);
      else content.drop(keysOf(row, columns, match), `line ${row.line}: ${read}`);
    }
  } catch (error) {
    if (error instanceof UnreadableHeader) throw new AdapterFailure('SOURCE_INVALID', error.message);
    throw error;
  }
  return content;
}

/** An empty cell is null. @returns the record, or what is wrong with a cell that is not of its column's type. */
function toRecord(
  cells: readonly string[],
  columns: readonly string[],
  types: CsvRecordOptions['types'],
  mark: DecimalMark,
): Record<string, unknown> | string {
  const record: Record<string, unknown> = {};
  for (let index = 0; index < columns.length; index++) {
    const name = columns[index] as string;
    const text = cells[index] as string;
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    if (text === '' || type === undefined) {
      record[name] = text === '' ? null : text;
      continue;
    }
    const value = type === 'number' ? readNumber(text, mark) : readBoolean(text);
    if (value === null) return `${name}: expected ${type === 'number' ? expectedNumber(text, mark) : EXPECTED_BOOLEAN}`;
    record[name] = value;
  }
  return record;
}

/**
 * The cells in which a broken row's key may be: counted from the left, from the right, and between, because it is not known
 * where the row has a cell too many or too few.
 */
function keysOf({ cells }: CsvRow, columns: readonly string[], match: string): readonly string[] {
  const left = columns.indexOf(match);
  const right = cells.length - (columns.length - left);
  return cells.slice(Math.max(0, Math.min(left, right)), Math.max(left, right) + 1).filter((key) => key !== '');
}
