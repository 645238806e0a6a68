import { AdapterFailure } from './adapter-failure.ts';
import type { KeyAnswer } from './data-adapter.ts';

/** A GraphQL answer that has errors beside its data. */
export interface PartialAnswer {
  readonly keys: readonly string[];
  /** What was made of its rows, one entry per key. */
  readonly answers: readonly KeyAnswer[];
  /** The rows themselves; anything but a list for none. */
  readonly rows: unknown;
  readonly errors: readonly unknown[];
  /** Where the rows stand in the data. */
  readonly select: string;
  /** True where the rows come in the order of the keys, one each. */
  readonly inOrder: boolean;
}

/** Where errors belong, by their `path` (GraphQL specification, section 7.1.2). */
interface Placed {
  /** Rows with an error in them, by their index. */
  readonly rows: ReadonlySet<number>;
  /** True where an error says no position. */
  readonly isAnywhere: boolean;
}

/**
 * Fails the keys to which the errors belong: those whose rows have an error in them, since a field that failed is null
 * there and must not be taken for "nothing known". Where it is unknown whose row failed, because it is null, the keys
 * without any row fail; where every key has some, each of them may lack it. An error without a position may be at any
 * null: it fails the keys without a row and those with a null in theirs.
 */
export function failKeys({ keys, answers, rows, errors, select, inOrder }: PartialAnswer): KeyAnswer[] {
  const placed = placesOf(errors, select.split('.'));
  const failed = new Set([...placed.rows].map((index) => (Array.isArray(rows) ? (rows[index] ?? null) : null)));
  const isLost = !inOrder && failed.delete(null);
  const failsAll = isLost && !answers.some(isNothing) && answers.some(Array.isArray);
  const failure = new AdapterFailure('SOURCE_UNAVAILABLE', 'answered a GraphQL error for this key');
  return keys.map((_, index) => {
    const answer = answers[index];
    if (answer instanceof Error) return answer;
    if (failsAll || (inOrder && placed.rows.has(index))) return failure;
    if (isNothing(answer)) return isLost || placed.isAnywhere ? failure : answer;
    const own = Array.isArray(answer) ? answer : [answer];
    return own.some((row) => failed.has(row) || (placed.isAnywhere && hasNull(row))) ? failure : answer;
  });
}

function placesOf(errors: readonly unknown[], select: readonly string[]): Placed {
  const rows = new Set<number>();
  let isAnywhere = false;
  for (const error of errors) {
    const path = (error as { path?: unknown } | null)?.path;
    if (!Array.isArray(path) || path.length === 0) isAnywhere = true;
    // Elsewhere in the data, which nobody reads.
    else if (select.some((name, index) => index < path.length && path[index] !== name)) continue;
    else if (Number.isInteger(path[select.length])) rows.add(path[select.length] as number);
    else isAnywhere = true;
  }
  return { rows, isAnywhere };
}

function isNothing(answer: KeyAnswer): boolean {
  return answer === null || answer === undefined || (Array.isArray(answer) && answer.length === 0);
}

function hasNull(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.values(value as object).some(hasNull));
}
