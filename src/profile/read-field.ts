import type { DataRecord } from '../adapters/data-adapter.ts';
import { keyTextOf } from '../adapters/key-text.ts';
import { Deferred, type Eventual } from '../batching/eventual.ts';
import { keyOfType, type ResolvedCustomer } from '../model/customer.ts';
import { SourceError, type SourceErrorCode } from '../model/errors.ts';
import { readTimeInUtc } from '../model/read-time.ts';
import type { RecordFields, SourceAnswer } from '../sources/source-answer.ts';
import type { SourceReader } from '../sources/source-reader.ts';
import { BUILT_IN_SOURCES, type FieldBinding, type SourceBinding } from './field-binding.ts';
import { outOfText, valueAtPath } from './json-in-text.ts';
import { PAGING_ARGUMENTS, type PageArguments, pageList, pageSize } from './page-list.ts';
import { readPage } from './read-page.ts';
import type { SourceStatus, SourceUsage } from './source-usage.ts';

/** What of an operation a field is read with: its calls to sources, and how they went. */
export interface ProfileReader {
  readonly sources: SourceReader;
  readonly usage: SourceUsage;
  /** Of the cursors of lists. */
  readonly cursorSecret: Buffer;
}

type Arguments = Readonly<Record<string, unknown>>;
const NO_ARGUMENTS: Arguments = {};

/** Where a field is read. */
export interface FieldPosition {
  /** Null for a field of a record outside of customers, whose key is a field of that record. */
  readonly customer: ResolvedCustomer | null;
  /** The record that the field stands in; for a field of `Customer` itself there is none. */
  readonly parent: DataRecord | null;
  readonly args: Arguments;
  /** What the whole operation needs of each source's records. */
  readonly needs: ReadonlyMap<string, RecordFields>;
}

/** A value and where it came from. */
export interface FieldAnswer {
  readonly value: unknown;
  readonly source: string;
  /** Which of the field's `@from` it came by, counted from 0. */
  readonly from: number;
  readonly fetchedAt: Date;
  readonly isStale: boolean;
}

interface Candidate extends FieldAnswer {
  /** When the source says that it was changed, in milliseconds; null where it says nothing. */
  readonly changedAt: number | null;
}

/** A bound field's value, null when no source has one, or the answer that has to be waited for first. */
export type FieldReading = FieldAnswer | null | Eventual<SourceAnswer>;

/**
 * A bound field's value: the first non-null answer of its sources, in their order; with `newestBy` the one that was
 * changed last. Null when none has one. What is not there yet is asked for, and to be read again when it is there.
 * @param waitedFor what the reading before had to wait for.
 * @throws SourceError of the first source that failed, when none of the others knew anything.
 */
export function readFieldNow(
  reader: ProfileReader,
  binding: FieldBinding,
  position: FieldPosition,
  waitedFor?: Eventual<SourceAnswer>,
): FieldReading {
  if (binding.sources.length === 1) return readFrom(reader, binding, 0, position, waitedFor);
  for (const { newestBy } of binding.sources) if (newestBy !== null) return readNewest(reader, binding, position);
  return readFirst(reader, binding, position);
}

/** Reads again after each answer that has to be waited for. @returns what is read at last. */
export async function untilRead(read: (waitedFor?: Eventual<SourceAnswer>) => FieldReading): Promise<FieldAnswer | null> {
  let reading = read();
  while (isWaiting(reading)) {
    await reading.promise().catch(() => {});
    reading = read(reading);
  }
  return reading;
}

export function isWaiting(reading: FieldReading | Candidate): reading is Eventual<SourceAnswer> {
  return reading instanceof Deferred;
}

function readFirst(reader: ProfileReader, binding: FieldBinding, position: FieldPosition): FieldReading {
  let failure: SourceError | undefined;
  for (let from = 0; from < binding.sources.length; from++) {
    try {
      const candidate = readFrom(reader, binding, from, position);
      if (candidate !== null) return candidate;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  return null;
}

/** All sources are asked, at the same time. A value without a time is older than any with one; of equals the first counts. */
function readNewest(reader: ProfileReader, binding: FieldBinding, position: FieldPosition): FieldReading {
  let waiting: Eventual<SourceAnswer> | undefined;
  let failure: SourceError | undefined;
  let best: Candidate | null = null;
  for (let from = 0; from < binding.sources.length; from++) {
    try {
      const candidate = readFrom(reader, binding, from, position);
      if (candidate !== null && isWaiting(candidate)) waiting ??= candidate;
      else if (candidate !== null && (best === null || ageRank(candidate) > ageRank(best))) best = candidate;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      failure ??= error;
    }
  }
  if (waiting !== undefined) return waiting;
  if (best === null && failure !== undefined) throw failure;
  return best;
}

function ageRank({ changedAt }: Candidate): number {
  return changedAt ?? Number.NEGATIVE_INFINITY;
}

function readFrom(
  { sources, usage, cursorSecret }: ProfileReader,
  field: FieldBinding,
  from: number,
  { customer, parent, args, needs }: FieldPosition,
  waitedFor?: Eventual<SourceAnswer>,
): Candidate | null | Eventual<SourceAnswer> {
  const binding = field.sources[from] as SourceBinding;
  const { source } = binding;
  try {
    let asked = waitedFor;
    if (asked === undefined) {
      const key = keyOf(binding, customer, parent);
      if (key === null) {
        report(usage, customer, binding, 'SKIPPED', null, null);
        return null;
      }
      asked = sources.ask(source, key, argumentsFor(field, binding, args), needs.get(source) ?? null, binding.keyType);
    }
    if (!asked.isSettled) return asked;
    const answer = asked.value();
    const { isStale, fetchedAt, errorCode } = answer;
    report(usage, customer, binding, isStale ? 'STALE' : 'FRESH', fetchedAt, errorCode);
    const value = valueIn(field, binding, answer, args, cursorSecret);
    if (value === null || value === undefined) return null;
    const changedAt = binding.newestBy === null ? null : timeAt(firstRecord(binding, answer), binding.newestBy);
    return { value, source, from, fetchedAt, isStale, changedAt };
  } catch (error) {
    if (error instanceof SourceError) report(usage, customer, binding, 'FAILED', null, error.code);
    throw error;
  }
}

function report(
  usage: SourceUsage,
  customer: ResolvedCustomer | null,
  { source }: SourceBinding,
  status: SourceStatus['status'],
  fetchedAt: Date | null,
  errorCode: SourceErrorCode | null,
): void {
  // The gateway's own memory is no back end: there is nothing to say about it.
  if (customer !== null && !BUILT_IN_SOURCES.has(source)) usage.report(customer.id, { name: source, status, fetchedAt, errorCode });
}

/** @throws SourceError for a number whose digits were lost: it may be another's key. */
function keyOf({ key, source }: SourceBinding, customer: ResolvedCustomer | null, parent: DataRecord | null): string | null {
  switch (key.kind) {
    case 'identifier':
      return customer && keyOfType(customer, key.type);
    case 'customerId':
      return customer?.id ?? null;
    case 'field': {
      const value = parent?.[key.name];
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        const received = 'a number beyond 2^53, which JavaScript rounds; answer it as a text or a BigInt';
        throw new SourceError('SOURCE_INVALID', source, `${key.name}: expected the key for ${source}, received ${received}`);
      }
      return keyTextOf(value);
    }
  }
}

/** A connection's paging is ours, unless the source does it. @throws GatewayError BAD_USER_INPUT for a size that no page has. */
function argumentsFor({ shape }: FieldBinding, { pages }: SourceBinding, args: Arguments): Arguments {
  if (shape !== 'connection') return args;
  if (!pages) return withoutPaging(args);
  const { first, last } = args as PageArguments;
  pageSize('first', first);
  pageSize('last', last);
  return args;
}

function withoutPaging(args: Arguments): Arguments {
  let others: Record<string, unknown> | undefined;
  for (const name in args) {
    if (PAGING_ARGUMENTS.has(name)) continue;
    others ??= {};
    others[name] = args[name];
  }
  return others ?? NO_ARGUMENTS;
}

function firstRecord({ many }: SourceBinding, { record }: Pick<SourceAnswer, 'record'>): DataRecord | null | undefined {
  return many ? (record as readonly DataRecord[])[0] : (record as DataRecord | null);
}

function valueIn(field: FieldBinding, binding: SourceBinding, answer: SourceAnswer, args: Arguments, cursorSecret: Buffer): unknown {
  const { name, shape } = field;
  const { source, pages, cursor } = binding;
  const value = partOf(field, binding, answer);
  if (shape === 'leaf' || shape === 'object') return value;
  if (value === null || value === undefined) return null;
  if (pages && shape === 'connection') return readPage(value, name, source);
  if (!Array.isArray(value))
    throw new SourceError('SOURCE_INVALID', source, `${name}: expected a list from ${source}, received ${typeof value}`);
  return shape === 'connection' ? pageList(value, args as PageArguments, cursor, cursorSecret) : value;
}

/**
 * What of the answer the field is made of: a leaf or an object of its first record, a list of all of it.
 * @throws SourceError for a text that should be JSON and is not.
 */
export function partOf({ name, shape }: FieldBinding, binding: SourceBinding, answer: Pick<SourceAnswer, 'record'>): unknown {
  const { source, path } = binding;
  if (path === null) return shape === 'leaf' || shape === 'object' ? firstRecord(binding, answer) : answer.record;
  try {
    const value = valueAtPath(firstRecord(binding, answer), path);
    return shape === 'leaf' ? value : outOfText(value);
  } catch {
    // Without its cause: a SyntaxError quotes the text.
    throw new SourceError('SOURCE_INVALID', source, `${name}: expected JSON from ${source}, received a text that is none`);
  }
}

/**
 * The time at a path, in milliseconds: a date, a text that is one (ISO 8601; without a zone it is taken as UTC, wherever
 * this process runs; a day alone is its midnight), or milliseconds since 1970. Null for anything else.
 */
function timeAt(record: unknown, path: readonly string[]): number | null {
  const value = timeIn(record, path);
  const time =
    value instanceof Date
      ? value.getTime()
      : typeof value === 'string'
        ? (readTimeInUtc(value)?.getTime() ?? Number.NaN)
        : Number(value ?? Number.NaN);
  return Number.isNaN(time) ? null : time;
}

/** As `valueAtPath`; a broken text says no time. */
function timeIn(record: unknown, path: readonly string[]): unknown {
  try {
    return valueAtPath(record, path);
  } catch {
    return undefined;
  }
}
