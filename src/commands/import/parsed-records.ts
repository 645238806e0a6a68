import { type ColumnOptions, type ColumnVocabulary, compileColumns } from './csv-columns.ts';
import { type FileRecord, readRecords } from './record-file.ts';

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
