// Looks into values of unknown shape, as back ends answer them.
import { AdapterFailure } from './adapter-failure.ts';
import type { DataRecord } from './data-adapter.ts';

/** True for an object with fields; false for lists and errors. */
export function isRecord(value: unknown): value is DataRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Error);
}

/** The kind of a value, for a message that must not show the value: `a list`, `number`, `null`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : typeof value;
}

/** True for `{}`; false for an object of a class, such as a map or a date, whatever is in it. */
export function isEmptyObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const _ in value) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** True for an answer that says that a key has no record: null, undefined or an empty list. */
export function isNothing(answer: unknown): boolean {
  return answer === null || answer === undefined || (Array.isArray(answer) && answer.length === 0);
}

/** The value at a path into a record, or undefined where the path ends early. Own properties only: a path names data. */
export function valueAt(record: unknown, path: readonly string[]): unknown {
  let value = record;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/**
 * The part of an answer at a path with dots, or the answer itself without one. Null where the path meets null: nothing is
 * there. The same where a list is selected from an object without any field, since some back ends leave out empty lists.
 * @throws AdapterFailure SOURCE_INVALID when there is no such part.
 */
export function selectFrom(answer: unknown, select: string | undefined, { isList }: { readonly isList: boolean }): unknown {
  let value: unknown = answer ?? null;
  if (select === undefined) return value;
  for (const name of select.split('.')) {
    if (value === null || (isList && isEmptyObject(value))) return null;
    if (typeof value !== 'object' || !Object.hasOwn(value as object, name))
      throw new AdapterFailure('SOURCE_INVALID', `expected the answer to have ${select}, it has not`);
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
