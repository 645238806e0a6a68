import { AdapterFailure } from './adapter-failure.ts';
import { valueAt } from './value-at.ts';

/**
 * The part of an answer at a path with dots, or the answer itself without one.
 * @throws AdapterFailure SOURCE_INVALID when there is no such part.
 */
export function selectFrom(answer: unknown, select: string | undefined): unknown {
  if (select === undefined) return answer;
  const value = valueAt(answer, select.split('.'));
  if (value === undefined) throw new AdapterFailure('SOURCE_INVALID', `expected the answer to have ${select}, it has not`);
  return value;
}
