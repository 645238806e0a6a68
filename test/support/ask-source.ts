import { onTestFinished } from 'vitest';
import type { DataAdapter } from '../../src/adapters/data-adapter.ts';
import { SourceError } from '../../src/model/errors.ts';
import { Source, type SourceOptions } from '../../src/sources/source.ts';
import type { SourceAnswer } from '../../src/sources/source-answer.ts';

/** For an adapter whose answer is expected: time enough for a machine that has other work. */
export const PATIENT = { timeout: '60s' } as const;
/** Milliseconds. The policy's default, which an adapter without a time-out of its own has. */
const DEFAULT_TIMEOUT = 1_000;

/** A source over an adapter that is closed when the test is over; a patient one, unless the adapter has a time-out of its own. */
export function sourceOf(adapter: DataAdapter, options: SourceOptions = {}): Source {
  onTestFinished(() => adapter.close?.());
  return new Source('things', adapter.policy.timeout === DEFAULT_TIMEOUT ? patient(adapter) : adapter, options);
}

/** The same adapter with a time-out as `PATIENT` has it. */
export function patient(adapter: DataAdapter): DataAdapter {
  return { ...adapter, policy: { ...adapter.policy, timeout: 60_000 } };
}

/** Asks as the gateway does, for all keys in the same turn. */
export async function askAll(
  source: Source,
  keys: readonly string[],
  { headers = {}, args = {} }: { headers?: Record<string, string>; args?: Record<string, unknown> } = {},
): Promise<(SourceAnswer | SourceError)[]> {
  const scope = source.scope(args, headers);
  const answers = await Promise.allSettled(keys.map((key) => source.ask(key, scope).answer.promise()));
  return answers.map((result) => {
    if (result.status === 'fulfilled') return result.value;
    if (result.reason instanceof SourceError) return result.reason;
    throw result.reason;
  });
}

/** Records, and error codes where there are errors. */
export function recordsOf(answers: readonly (SourceAnswer | SourceError)[]): unknown[] {
  return answers.map((answer) => (answer instanceof SourceError ? answer.code : answer.record));
}
