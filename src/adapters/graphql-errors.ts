import { AdapterFailure } from './adapter-failure.ts';
import type { KeyAnswer } from './data-adapter.ts';
import type { MatchField } from './match-field.ts';

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
  /** The row's field that holds the key. Undefined where the rows come in the order of the keys, one each. */
  readonly match: MatchField | undefined;
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
 * there and must not be taken for "nothing known". Where it is unknown whose row failed, because the row or its key is
 * null, the keys without any row fail; where every key has some, each of them may lack it. An error without a position may
 * be at any null: it fails the keys without a row and those with a null in theirs.
 */
export function failKeys({ keys, answers, rows, errors, select, match }: PartialAnswer): KeyAnswer[] {
  const placed = allowedValues(errors, select.split('.'));
  const inOrder = match === undefined;
  const all: readonly unknown[] = Array.isArray(rows) ? rows : [];
  const failed = new Set([...placed.rows].map((index) => all[index]));
  const isNobodys = (row: unknown) => (match?.valueIn(row) ?? null) === null;
  const isLost = !inOrder && ([...failed].some(isNobodys) || (placed.isAnywhere && all.some(isNobodys)));
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

function allowedValues(errors: readonly unknown[], select: readonly string[]): Placed {
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

/** Without recursion: a back end may nest its answer deeper than the stack is. */
function hasNull(record: unknown): boolean {
  const values = [record];
  while (values.length > 0) {
    const value = values.pop();
    if (value === null) return true;
    if (typeof value === 'object') for (const each of Object.values(value)) values.push(each);
  }
  return false;
}
