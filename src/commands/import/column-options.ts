import type { ColumnOptions } from '../csv-columns.ts';
import { timeReader } from '../read-time.ts';
import { hasRows } from '../record-file.ts';

/** What is said about a CSV on the command line. */
export interface GivenColumns {
  /** `COLUMN=FIELD`. */
  readonly map?: readonly string[];
  /** `FIELD=VALUE`, for every row. */
  readonly set?: readonly string[];
  /** Fields whose text is a number. */
  readonly number?: readonly string[];
  /** `dd/mm/yyyy`. */
  readonly dateFormat?: string;
  readonly ignoreOtherColumns?: boolean;
  readonly delimiter?: string;
}

/** @returns null for a file without columns. @throws Error for what can't be meant. */
export function columnOptions(
  file: string,
  { map, set, number, dateFormat, ignoreOtherColumns, delimiter }: GivenColumns,
): ColumnOptions | null {
  const given = Object.entries({ map, set, number, 'date-format': dateFormat, 'ignore-other-columns': ignoreOtherColumns, delimiter });
  const names = given.filter(([, value]) => value !== undefined).map(([name]) => `--${name}`);
  if (!hasRows(file)) {
    if (names.length === 0) return null;
    throw new Error(`import: expected ${names.join(', ')} with a CSV only; ${file} is read as NDJSON (a CSV's name ends in .csv)`);
  }
  // Says early that it is none.
  if (dateFormat !== undefined) timeReader(dateFormat);
  return {
    map: (map ?? [])
      .map((text) => splitAt(text, text.lastIndexOf('='), '--map', 'COLUMN=FIELD'))
      .map(([column, field]) => ({ column, field })),
    set: (set ?? []).map((text) => splitAt(text, text.indexOf('='), '--set', 'FIELD=VALUE')).map(([field, value]) => ({ field, value })),
    numbers: number ?? [],
    dateFormat: dateFormat ?? null,
    ignoreOthers: ignoreOtherColumns ?? false,
  };
}

function splitAt(text: string, at: number, flag: string, expected: string): [string, string] {
  if (at <= 0 || at === text.length - 1) throw new Error(`${flag}: expected ${expected}, received ${JSON.stringify(text)}`);
  return [text.slice(0, at), text.slice(at + 1)];
}
