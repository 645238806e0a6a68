import {
  type DecimalMark,
  decimalMarkOf,
  EXPECTED_BOOLEAN,
  expectedNumber,
  readBoolean,
  readPlainNumber,
} from '../../adapters/files/csv-values.ts';
import type { Identifier } from '../../model/identifier.ts';
import { readTimeInUtc } from '../../model/read-time.ts';
import { type TimeReader, timeReader } from './date-format.ts';

/** What the columns of a CSV can be. */
export interface ColumnVocabulary {
  /** Beside the identifier types. */
  readonly fields: readonly string[];
  readonly types: readonly string[];
  /** Objects whose entries are columns: `properties.quantity`. */
  readonly parts: readonly string[];
  /** Fields of which there must be a column or a fixed value. */
  readonly required: readonly string[];
}

/** What the owner says about the columns of one file. */
export interface ColumnOptions {
  /** Columns that are not called like their field. */
  readonly map: readonly { readonly column: string; readonly field: string }[];
  /** Values that every row has. */
  readonly set: readonly { readonly field: string; readonly value: string }[];
  /** Fields whose text is a number. */
  readonly numbers: readonly string[];
  /** Fields whose text is true or false. */
  readonly booleans: readonly string[];
  /** Whether numbers are written `12,5`; null where nothing is said of it. */
  readonly decimalComma: boolean | null;
  /** `dd/mm/yyyy`; null for ISO. */
  readonly dateFormat: string | null;
  readonly ignoreOthers: boolean;
}

/** A row as a record; or what is wrong with it. */
export type MappedRow = { readonly record: Readonly<Record<string, unknown>> } | { readonly problem: string };

type Target =
  | { readonly kind: 'identifier'; readonly type: string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'entry'; readonly part: string; readonly name: string };

interface Source {
  readonly field: string;
  readonly target: Target;
  /** Null for a fixed value. */
  readonly column: string | null;
  readonly value: string;
  readonly kind: 'number' | 'boolean' | 'text';
}

/** How the texts of a file are read. */
interface Reading {
  readonly readTime: TimeReader;
  readonly expectedTime: string;
  readonly mark: DecimalMark;
}

/**
 * What each column means.
 * @param delimiter what stands between the file's cells.
 * @param options null where there is no way to say more than the columns' names do.
 * @returns what turns a row into a record. @throws Error with everything that does not fit.
 */
export function compileColumns(
  file: string,
  columns: readonly string[],
  vocabulary: ColumnVocabulary,
  options: ColumnOptions | null,
  delimiter: string,
): (row: Readonly<Record<string, unknown>>) => MappedRow {
  const { map = [], set = [], numbers = [], booleans = [], decimalComma = null, dateFormat = null, ignoreOthers = false } = options ?? {};
  const mapped = new Set(map.map(({ column }) => column));
  const own = columns.filter((name) => !mapped.has(name));
  const given = [
    ...own.map((name) => ({ field: name, column: name, value: '' })),
    ...map.map(({ column, field }) => ({ field, column, value: '' })),
    ...set.map(({ field, value }) => ({ field, column: null, value })),
  ];
  const sources = given.flatMap(({ field, ...value }): Source[] => {
    const target = targetOf(field, vocabulary);
    const kind = numbers.includes(field) ? 'number' : booleans.includes(field) ? 'boolean' : 'text';
    return target === null ? [] : [{ field, target, kind, ...value }];
  });
  const others = ignoreOthers ? [] : own.filter((name) => targetOf(name, vocabulary) === null);
  const problems = [
    ...problemsOfColumns(columns, vocabulary, sources, others, options !== null),
    ...problemsOfOptions(columns, vocabulary, sources, { map, set, numbers, booleans }),
  ];
  if (problems.length > 0) throw new Error(problems.map((problem) => `${file}: ${problem}`).join('\n'));
  const reading: Reading = {
    readTime: dateFormat === null ? readTimeInUtc : timeReader(dateFormat),
    expectedTime: `expected ${dateFormat ?? 'a date or time such as 2026-01-31T12:00:00Z'}`,
    mark: decimalMarkOf(decimalComma ?? undefined, delimiter),
  };
  return (row) => mapRow(row, sources, reading);
}

function mapRow(row: Readonly<Record<string, unknown>>, sources: readonly Source[], { readTime, expectedTime, mark }: Reading): MappedRow {
  const identifiers: Identifier[] = [];
  const record: Record<string, unknown> = { identifiers };
  for (const { field, target, column, value, kind } of sources) {
    const text = column === null ? value : String(row[column] ?? '').trim();
    if (text === '') continue;
    if (target.kind === 'identifier') identifiers.push({ type: target.type, value: text });
    else if (target.kind === 'entry') {
      const entry = kind === 'text' ? text : kind === 'number' ? readPlainNumber(text, mark) : readBoolean(text);
      if (entry === null) return { problem: `${field}: expected ${kind === 'number' ? expectedNumber(text, mark) : EXPECTED_BOOLEAN}` };
      const entries = (record[target.part] as Record<string, unknown> | undefined) ?? Object.create(null);
      entries[target.name] = entry;
      record[target.part] = entries;
    } else if (target.name === 'occurredAt') {
      const time = readTime(text);
      if (time === null) return { problem: `occurredAt: ${expectedTime}` };
      record.occurredAt = time;
    } else record[target.name] = text;
  }
  return { record };
}

function problemsOfColumns(
  columns: readonly string[],
  { fields, types, parts, required }: ColumnVocabulary,
  sources: readonly Source[],
  others: readonly string[],
  canMap: boolean,
): string[] {
  const problems: string[] = [];
  const hasIdentifier = sources.some(({ target }) => target.kind === 'identifier');
  if (others.length > 0 || !hasIdentifier) {
    const expected = [...types, ...fields, ...parts.map((part) => `${part}.NAME`)].join(', ');
    const first = `expected columns out of ${expected}, with at least one identifier type; received ${shown(columns)}`;
    const advice = 'say what they are with --map COLUMN=FIELD, or leave them out with --ignore-other-columns';
    problems.push(canMap && others.length > 0 ? `${first}; of these, no field is ${shown(others)}: ${advice}` : first);
  }
  for (const name of required) {
    if (sources.some(({ target }) => target.kind === 'field' && target.name === name)) continue;
    problems.push(`expected a column ${name}, or one mapped to it with --map COLUMN=${name}, or --set ${name}=VALUE for every row`);
  }
  // Delimiters at the end of a header make columns without a name; they are nobody's.
  const doubled = columns.filter((name, index) => name !== '' && columns.indexOf(name) !== index);
  if (doubled.length > 0) problems.push(`expected each column once, received several of ${[...new Set(doubled)].join(', ')}`);
  return problems;
}

function shown(columns: readonly string[]): string {
  return columns.map((name) => (name === '' ? '(a column without a name)' : name)).join(', ');
}

function problemsOfOptions(
  columns: readonly string[],
  vocabulary: ColumnVocabulary,
  sources: readonly Source[],
  { map, set, numbers, booleans }: Pick<ColumnOptions, 'map' | 'set' | 'numbers' | 'booleans'>,
): string[] {
  const problems: string[] = [];
  const known = [...vocabulary.types, ...vocabulary.fields, ...vocabulary.parts.map((part) => `${part}.NAME`)].join(', ');
  for (const { column, field } of map) {
    if (!columns.includes(column)) problems.push(`--map ${column}=${field}: expected one of the columns ${columns.join(', ')}`);
  }
  for (const { field } of [...map, ...set]) {
    if (targetOf(field, vocabulary) === null) problems.push(`${field}: expected a field out of ${known}`);
  }
  const typed = [...numbers.map((field) => ['--number', field] as const), ...booleans.map((field) => ['--boolean', field] as const)];
  for (const [flag, field] of typed) {
    const isEntry = sources.some((source) => source.field === field && source.target.kind === 'entry');
    if (!isEntry) problems.push(`${flag} ${field}: expected a field of this file such as ${vocabulary.parts[0] ?? 'none'}.NAME`);
  }
  for (const field of numbers.filter((name) => booleans.includes(name)))
    problems.push(`${field}: expected --number or --boolean, not both`);
  const fields = sources.filter(({ target }) => target.kind !== 'identifier').map(({ field }) => field);
  for (const field of new Set(fields.filter((each, index) => fields.indexOf(each) !== index))) {
    problems.push(`${field}: expected one column or value, there are several`);
  }
  return problems;
}

function targetOf(field: string, { fields, types, parts }: ColumnVocabulary): Target | null {
  if (fields.includes(field)) return { kind: 'field', name: field };
  if (types.includes(field)) return { kind: 'identifier', type: field };
  const dot = field.indexOf('.');
  const [part, name] = [field.slice(0, Math.max(dot, 0)), field.slice(dot + 1)];
  // For a type that is called like a field.
  if (part === 'identifiers' && types.includes(name)) return { kind: 'identifier', type: name };
  return parts.includes(part) && name !== '' ? { kind: 'entry', part, name } : null;
}
