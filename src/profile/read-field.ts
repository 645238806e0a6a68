import type { DataRecord } from '../adapters/data-adapter.ts';
import type { SourceAnswer } from '../adapters/source.ts';
import type { SourceReader } from '../adapters/source-reader.ts';
import { keyOfType, type ResolvedCustomer } from '../identity/identity-graph.ts';
import { SourceError } from '../model/errors.ts';
import { CAPTURED, type FieldBinding, type SourceBinding } from './field-binding.ts';
import { PAGING_ARGUMENTS, type PageArguments, pageList } from './page-list.ts';
import type { SourceUsage } from './source-usage.ts';

/** What of a request a field is read with. */
export interface ProfileReader {
  readonly sources: SourceReader;
  readonly usage: SourceUsage;
}

type Arguments = Readonly<Record<string, unknown>>;

/** A value and the source that it came from. */
export interface FieldAnswer {
  readonly value: unknown;
  readonly source: string;
}

/**
 * A bound field's value: the first non-null answer of its sources, in their order; null when none has one.
 * @param parent the record that the field stands in; for a field of `Customer` itself there is none.
 * @throws SourceError of the first source that failed, when none of the others knew anything.
 */
export async function readField(
  reader: ProfileReader,
  binding: FieldBinding,
  customer: ResolvedCustomer,
  parent: DataRecord | null,
  args: Arguments,
): Promise<FieldAnswer | null> {
  let failure: unknown;
  for (const source of binding.sources) {
    try {
      const value = await readFrom(reader, binding, source, customer, parent, args);
      if (value !== null && value !== undefined) return { value, source: source.source };
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  return null;
}

async function readFrom(
  { sources, usage }: ProfileReader,
  field: FieldBinding,
  binding: SourceBinding,
  customer: ResolvedCustomer,
  parent: DataRecord | null,
  args: Arguments,
): Promise<unknown> {
  const name = binding.source;
  const key = keyOf(binding, customer, parent);
  if (key === null) {
    report(usage, customer, binding, { status: 'SKIPPED', fetchedAt: null, errorCode: null });
    return null;
  }
  try {
    const answer = await usage.track(sources.load(name, key, field.shape === 'connection' ? withoutPaging(args) : args));
    report(usage, customer, binding, { status: 'FRESH', fetchedAt: answer.fetchedAt, errorCode: null });
    return valueIn(field, binding, answer, args);
  } catch (error) {
    if (error instanceof SourceError) report(usage, customer, binding, { status: 'FAILED', fetchedAt: null, errorCode: error.code });
    throw error;
  }
}

function report(
  usage: SourceUsage,
  customer: ResolvedCustomer,
  { source }: SourceBinding,
  status: Omit<Parameters<SourceUsage['report']>[1], 'name'>,
): void {
  // The gateway's own memory is no back end: there is nothing to say about it.
  if (source !== CAPTURED) usage.report(customer.id, { name: source, ...status });
}

function keyOf({ key }: SourceBinding, customer: ResolvedCustomer, parent: DataRecord | null): string | null {
  switch (key.kind) {
    case 'identifier':
      return keyOfType(customer, key.type);
    case 'customerId':
      return customer.id;
    case 'field': {
      const value = parent?.[key.name];
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
    }
  }
}

function valueIn({ name, shape }: FieldBinding, { source, path, many }: SourceBinding, { record }: SourceAnswer, args: Arguments): unknown {
  const first = many ? (record as readonly DataRecord[])[0] : record;
  if (shape === 'leaf' || shape === 'object') return path === null ? first : valueAt(first, path);
  const list = path === null ? record : valueAt(first, path);
  if (list === null || list === undefined) return null;
  if (!Array.isArray(list))
    throw new SourceError('SOURCE_INVALID', source, `${name}: expected a list from ${source}, received ${typeof list}`);
  return shape === 'connection' ? pageList(list, args as PageArguments) : list;
}

/** The value at a path into a record, or undefined where the path ends early. Own properties only: a path names data. */
function valueAt(record: unknown, path: readonly string[]): unknown {
  let value = record;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function withoutPaging(args: Arguments): Arguments {
  return Object.fromEntries(Object.entries(args).filter(([name]) => !PAGING_ARGUMENTS.has(name)));
}
