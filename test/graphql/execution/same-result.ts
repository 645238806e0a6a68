import { type ExecutionResult, GraphQLError } from 'graphql';
import { expect } from 'vitest';

/** An error as a client receives it, as a text, and whether it is there for the client to know that something else is null. */
interface ReceivedError {
  readonly text: string;
  /** Names the field and its arguments in generated operations, so two aliases of one field have the same. */
  readonly message: string;
  /** The path of the null in `data` that hides the position of the error; null for an error of a position that is in `data`. */
  readonly hiddenBy: string | null;
}

/** What a client receives of a result. The order of errors is left out: the specification says nothing about it. */
export function received({ data, errors }: ExecutionResult) {
  return { data: JSON.stringify(data), errors: errors?.map((error) => textOf(error)).sort() };
}

/**
 * Expects the result of graphql-js: the data to the byte, and each error with its message, path and locations. Where several
 * errors make the same object or list null, the specification asks for one of them only (section 6.4.4); which of the others
 * graphql-js adds depends on its promises. So of those that a null hides one is enough, and it must be one of graphql-js', or
 * the same error under another alias of its field: which alias is first depends on promises, too.
 */
export function expectSameResult(result: ExecutionResult, expected: ExecutionResult): void {
  expect(JSON.stringify(result.data)).toBe(JSON.stringify(expected.data));
  const [ours, theirs] = [errorsOf(result), errorsOf(expected)];
  const seen = (errors: readonly ReceivedError[]) => errors.filter(({ hiddenBy }) => hiddenBy === null).map(({ text }) => text);
  expect(seen(ours)).toEqual(seen(theirs));
  const nulls = (errors: readonly ReceivedError[]) => new Set(errors.map(({ hiddenBy }) => hiddenBy));
  expect(nulls(ours)).toEqual(nulls(theirs));
  const hidden = (errors: readonly ReceivedError[]) => errors.filter(({ hiddenBy }) => hiddenBy !== null);
  const causes = (errors: readonly ReceivedError[]) => hidden(errors).map(({ message, hiddenBy }) => `${hiddenBy}: ${message}`);
  expect(causes(theirs)).toEqual(expect.arrayContaining(causes(ours)));
}

function errorsOf({ data, errors = [] }: ExecutionResult): ReceivedError[] {
  const all = errors.map((error) => ({ text: textOf(error), message: error.message, hiddenBy: hiddenBy(data, error.path ?? []) }));
  return all.sort((a, b) => (a.text < b.text ? -1 : 1));
}

function textOf(error: GraphQLError): string {
  expect(error).toBeInstanceOf(GraphQLError);
  const { message, path, locations, originalError } = error;
  return JSON.stringify({ message, path, locations, original: originalError?.message });
}

function hiddenBy(data: unknown, path: readonly (string | number)[]): string | null {
  let at = data;
  for (const [depth, key] of path.entries()) {
    if (at === null) return path.slice(0, depth).join('.');
    at = (at as Record<string | number, unknown>)[key];
  }
  return null;
}
