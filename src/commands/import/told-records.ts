import { type ColumnOptions, type ColumnVocabulary, compileColumns } from './csv-columns.ts';
import { type FileRecord, readRecords } from './record-file.ts';

/** A record with what it tells: a line's JSON, or a row with its columns as fields. */
export interface ToldRecord extends FileRecord {
  readonly told: unknown;
}

export interface TellingOptions {
  /** What a CSV's columns are; null where they are what they are called. */
  readonly columns: ColumnOptions | null;
  readonly delimiter?: string;
}

/** @throws Error for a file that can't be read, or with columns that don't fit, before the first record. */
export async function* readToldRecords(
  file: string,
  vocabulary: ColumnVocabulary,
  { columns, delimiter }: TellingOptions,
): AsyncGenerator<ToldRecord> {
  let mapRow: ReturnType<typeof compileColumns> | undefined;
  const onColumns = (names: readonly string[], between: string) => {
    mapRow = compileColumns(file, names, vocabulary, columns, between);
  };
  for await (const record of readRecords(file, { onColumns, delimiter })) {
    const mapped = mapRow === undefined || record.problem !== null ? null : mapRow(record.content as Record<string, unknown>);
    if (mapped === null) yield { ...record, told: record.content };
    else if ('problem' in mapped) yield { ...record, problem: mapped.problem, told: null };
    else yield { ...record, told: mapped.record };
  }
}
