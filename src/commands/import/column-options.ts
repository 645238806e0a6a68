import { delimiterOf } from '../../adapters/files/read-csv.ts';
import type { ColumnOptions } from './csv-columns.ts';
import { timeReader } from './date-format.ts';
import { hasRows } from './record-file.ts';

/** Options of the command line about a CSV. */
export interface GivenColumns {
  /** `COLUMN=FIELD`. */
  readonly map?: readonly string[];
  /** `FIELD=VALUE`, for every row. */
  readonly set?: readonly string[];
  /** Fields whose text is a number. */
  readonly number?: readonly string[];
  /** Fields whose text is true or false. */
  readonly boolean?: readonly string[];
  /** True for `12,5`, false for `12.5`. */
  readonly decimalComma?: boolean;
  /** `dd/mm/yyyy`. */
  readonly dateFormat?: string;
  readonly ignoreOtherColumns?: boolean;
  readonly delimiter?: string;
}

/** @returns null for a file without columns. @throws Error for options that can't be used. */
export function columnOptions(
  file: string,
  { map, set, number, boolean, decimalComma, dateFormat, ignoreOtherColumns, delimiter }: GivenColumns,
): ColumnOptions | null {
  const given = Object.entries({
    map,
    set,
    number,
    boolean,
    'decimal-comma': decimalComma,
    'date-format': dateFormat,
    'ignore-other-columns': ignoreOtherColumns,
    delimiter,
  });
  const names = given.filter(([, value]) => value !== undefined).map(([name]) => `--${name}`);
  if (!hasRows(file)) {
    if (names.length === 0) return null;
    throw new Error(`import: expected ${names.join(', ')} with a CSV only; ${file} is read as NDJSON (a CSV's name ends in .csv)`);
  }
  // So that a wrong format is reported before the file is read.
  if (dateFormat !== undefined) timeReader(dateFormat);
  return {
    map: (map ?? [])
      .map((text) => splitAt(text, text.lastIndexOf('='), '--map', 'COLUMN=FIELD'))
      .map(([column, field]) => ({ column, field })),
    set: (set ?? []).map((text) => splitAt(text, text.indexOf('='), '--set', 'FIELD=VALUE')).map(([field, value]) => ({ field, value })),
    numbers: number ?? [],
    booleans: boolean ?? [],
    decimalComma: decimalComma ?? null,
    dateFormat: dateFormat ?? null,
    ignoreOthers: ignoreOtherColumns ?? false,
  };
}

/** @throws Error for a text that can't separate cells. */
export function givenDelimiter(delimiter: string | undefined): string | undefined {
  if (delimiter === undefined) return undefined;
  const character = delimiterOf(delimiter);
  if (character === null) throw new Error(`--delimiter: expected one character, \\t or tab; received ${JSON.stringify(delimiter)}`);
  return character;
}

function splitAt(text: string, at: number, flag: string, expected: string): [string, string] {
  if (at <= 0 || at === text.length - 1) throw new Error(`${flag}: expected ${expected}, received ${JSON.stringify(text)}`);
  return [text.slice(0, at), text.slice(at + 1)];
}
