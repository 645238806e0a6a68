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

/** The names that columns of a CSV can have. */
export interface ColumnVocabulary {
  /** Names of fields. */
  readonly fields: readonly string[];
  /** Identifier types. */
  readonly types: readonly string[];
  /** Objects whose entries are columns: `properties.quantity`. */
  readonly parts: readonly string[];
  /** Fields that need a column or a fixed value. */
  readonly required: readonly string[];
}

/** The owner's options for the columns of one file. */
export interface ColumnOptions {
  /** Columns whose name is not the name of their field. */
  readonly map: readonly { readonly column: string; readonly field: string }[];
  /** Values that every row has. */
  readonly set: readonly { readonly field: string; readonly value: string }[];
  /** Fields whose text is a number. */
  readonly numbers: readonly string[];
  /** Fields whose text is true or false. */
  readonly booleans: readonly string[];
  /** True if numbers are written `12,5`, false for `12.5`; null if the option is not given. */
  readonly decimalComma: boolean | null;
  /** `dd/mm/yyyy`; null for ISO. */
  readonly dateFormat: string | null;
  readonly ignoreOthers: boolean;
}

/** A row as a record, or the problem with it. */
export type MappedRow = { readonly record: Readonly<Record<string, unknown>> } | { readonly problem: string };

type Target =
  | { readonly kind: 'identifier'; readonly type: string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'entry'; readonly part: string; readonly name: string };

/** A field of the records, and the column or the fixed value that it is read from. */
interface Input {
  readonly field: string;
  readonly target: Target;
  /** Null for a fixed value. */
  readonly column: string | null;
  readonly value: string;
  readonly kind: 'number' | 'boolean' | 'text';
}

/** How a file's dates and numbers are read. */
interface Reading {
  readonly readTime: TimeReader;
  readonly expectedTime: string;
  readonly mark: DecimalMark;
}

/**
 * Finds the field of each column.
 * @param options null if the command has none, so the columns' names decide alone.
 * @param delimiter the character between the file's cells.
 * @returns a function from a row to its record. @throws Error with every column and option that does not fit.
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
  const inputs = given.flatMap(({ field, ...value }): Input[] => {
    const target = targetOf(field, vocabulary);
    const kind = numbers.includes(field) ? 'number' : booleans.includes(field) ? 'boolean' : 'text';
    return target === null ? [] : [{ field, target, kind, ...value }];
  });
  const others = ignoreOthers ? [] : own.filter((name) => targetOf(name, vocabulary) === null);
  const problems = [
    ...problemsOfColumns(columns, vocabulary, inputs, others, options !== null),
    ...problemsOfOptions(columns, vocabulary, inputs, { map, set, numbers, booleans }),
  ];
  if (problems.length > 0) throw new Error(problems.map((problem) => `${file}: ${problem}`).join('\n'));
  const reading: Reading = {
    readTime: dateFormat === null ? readTimeInUtc : timeReader(dateFormat),
    expectedTime: `expected ${dateFormat ?? 'a date or time such as 2026-01-31T12:00:00Z'}`,
    mark: decimalMarkOf(decimalComma ?? undefined, delimiter),
  };
  return (row) => mapRow(row, inputs, reading);
}

function mapRow(row: Readonly<Record<string, unknown>>, inputs: readonly Input[], { readTime, expectedTime, mark }: Reading): MappedRow {
  const identifiers: Identifier[] = [];
  const record: Record<string, unknown> = { identifiers };
  for (const { field, target, column, value, kind } of inputs) {
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
  vocabulary: ColumnVocabulary,
  inputs: readonly Input[],
  others: readonly string[],
  canMap: boolean,
): string[] {
  const problems: string[] = [];
  const hasIdentifier = inputs.some(({ target }) => target.kind === 'identifier');
  if (others.length > 0 || !hasIdentifier) {
    const first = `expected columns out of ${namesIn(vocabulary)}, with at least one identifier type; received ${shown(columns)}`;
    const advice = 'say what they are with --map COLUMN=FIELD, or leave them out with --ignore-other-columns';
    problems.push(canMap && others.length > 0 ? `${first}; of these, no field is ${shown(others)}: ${advice}` : first);
  }
  for (const name of vocabulary.required) {
    if (inputs.some(({ target }) => target.kind === 'field' && target.name === name)) continue;
    problems.push(`expected a column ${name}, or one mapped to it with --map COLUMN=${name}, or --set ${name}=VALUE for every row`);
  }
  // Delimiters at the end of a header make columns without a name, which are ignored.
  const doubled = columns.filter((name, index) => name !== '' && columns.indexOf(name) !== index);
  if (doubled.length > 0) problems.push(`expected each column once, received several of ${[...new Set(doubled)].join(', ')}`);
  return problems;
}

function namesIn({ types, fields, parts }: ColumnVocabulary): string {
  return [...types, ...fields, ...parts.map((part) => `${part}.NAME`)].join(', ');
}

function shown(columns: readonly string[]): string {
  return columns.map((name) => (name === '' ? '(a column without a name)' : name)).join(', ');
}

function problemsOfOptions(
  columns: readonly string[],
  vocabulary: ColumnVocabulary,
  inputs: readonly Input[],
  { map, set, numbers, booleans }: Pick<ColumnOptions, 'map' | 'set' | 'numbers' | 'booleans'>,
): string[] {
  const problems: string[] = [];
  for (const { column, field } of map) {
    if (!columns.includes(column)) problems.push(`--map ${column}=${field}: expected one of the columns ${columns.join(', ')}`);
  }
  for (const { field } of [...map, ...set]) {
    if (targetOf(field, vocabulary) === null) problems.push(`${field}: expected a field out of ${namesIn(vocabulary)}`);
  }
  const typed = [...numbers.map((field) => ['--number', field] as const), ...booleans.map((field) => ['--boolean', field] as const)];
  for (const [flag, field] of typed) {
    const isEntry = inputs.some((input) => input.field === field && input.target.kind === 'entry');
    if (!isEntry) problems.push(`${flag} ${field}: expected a field of this file such as ${vocabulary.parts[0] ?? 'none'}.NAME`);
  }
  for (const field of numbers.filter((name) => booleans.includes(name)))
    problems.push(`${field}: expected --number or --boolean, not both`);
  const fields = inputs.filter(({ target }) => target.kind !== 'identifier').map(({ field }) => field);
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
  // For a type that has the name of a field.
  if (part === 'identifiers' && types.includes(name)) return { kind: 'identifier', type: name };
  return parts.includes(part) && name !== '' ? { kind: 'entry', part, name } : null;
}
