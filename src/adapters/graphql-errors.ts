import { AdapterFailure } from './adapter-failure.ts';
import type { KeyAnswer } from './data-adapter.ts';
import type { MatchField } from './match-field.ts';
import { isNothing } from './values.ts';

/** A GraphQL answer that has errors beside its data. */
export interface PartialAnswer {
  readonly keys: readonly string[];
  /** One entry per key, made of its rows. */
  readonly answers: readonly KeyAnswer[];
  /** The rows themselves; any other value than a list means none. */
  readonly rows: unknown;
  readonly errors: readonly unknown[];
  /** The path of the rows in the data, with dots. */
  readonly select: string;
  /** The row's field that holds the key. Undefined where the rows come in the order of the keys, one each. */
  readonly match: MatchField | undefined;
}

/** The rows that errors belong to, by their `path` (GraphQL specification, section 7.1.2). */
interface FailedRows {
  /** Rows with an error in them, by their index. */
  readonly rows: ReadonlySet<number>;
  /** True where an error names no row. */
  readonly isAnywhere: boolean;
}

/**
 * Fails the keys to which the errors belong: those whose rows have an error in them, because a field that failed is null
 * there, which must not mean "nothing known". Where the failed row or its key is null, its key is unknown: the keys without
 * any row fail; where every key has rows, all keys fail, since each may lack one. An error without a row may belong to any
 * null: it fails the keys without a row and those with a null in their rows.
 */
export function failKeys({ keys, answers, rows, errors, select, match }: PartialAnswer): KeyAnswer[] {
  const located = failedRowsOf(errors, select.split('.'));
  const inOrder = match === undefined;
  const all: readonly unknown[] = Array.isArray(rows) ? rows : [];
  const failed = new Set([...located.rows].map((index) => all[index]));
  const isNobodys = (row: unknown) => (match?.valueIn(row) ?? null) === null;
  const isLost = !inOrder && ([...failed].some(isNobodys) || (located.isAnywhere && all.some(isNobodys)));
  const failsAll = isLost && !answers.some(isNothing) && answers.some(Array.isArray);
  const failure = new AdapterFailure('SOURCE_UNAVAILABLE', 'answered a GraphQL error for this key');
  return keys.map((_, index) => {
    const answer = answers[index];
    if (answer instanceof Error) return answer;
    if (failsAll || (inOrder && located.rows.has(index))) return failure;
    if (isNothing(answer)) return isLost || located.isAnywhere ? failure : answer;
    const own = Array.isArray(answer) ? answer : [answer];
    return own.some((row) => failed.has(row) || (located.isAnywhere && hasNull(row))) ? failure : answer;
  });
}

function failedRowsOf(errors: readonly unknown[], select: readonly string[]): FailedRows {
  const rows = new Set<number>();
  let isAnywhere = false;
  for (const error of errors) {
    const path = (error as { path?: unknown } | null)?.path;
    if (!Array.isArray(path) || path.length === 0) isAnywhere = true;
    // In another part of the data, which is not read.
    else if (select.some((name, index) => index < path.length && path[index] !== name)) continue;
    else if (Number.isInteger(path[select.length])) rows.add(path[select.length] as number);
    else isAnywhere = true;
  }
  return { rows, isAnywhere };
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
