import { AdapterFailure } from './adapter-failure.ts';
import { isEmptyObject } from './value-kind.ts';

/**
 * The part of an answer at a path with dots, or the answer itself without one. Null where the path meets null: nothing is
 * there, and the same where a list is selected from an object without any field (a back end that leaves out empty lists).
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
