import { onTestFinished } from 'vitest';
import type { DataAdapter } from '../../src/adapters/data-adapter.ts';
import { SourceError } from '../../src/model/errors.ts';
import { Source, type SourceOptions } from '../../src/sources/source.ts';
import type { SourceAnswer } from '../../src/sources/source-answer.ts';

/** The policy of a source in a test that is not about time: a busy machine takes longer than the default, a second. */
export const PATIENT = { timeout: '60s' } as const;
const [DEFAULT_MS, PATIENT_MS] = [1_000, 60_000];

/** A source over an adapter that is closed when the test is over. Patient, unless the adapter has a time-out of its own. */
export function sourceOf(adapter: DataAdapter, options: SourceOptions = {}): Source {
  onTestFinished(() => adapter.close?.());
  return new Source('things', patient(adapter), options);
}

/**
 * The adapter with the time-out of `PATIENT` in place of the default; with its own, where it has one. Not enough for
 * `sqlAdapter` on a server, which reads its policy's time-out when it is made: it needs `policy: PATIENT`.
 */
export function patient(adapter: DataAdapter): DataAdapter {
  return adapter.policy.timeout === DEFAULT_MS ? { ...adapter, policy: { ...adapter.policy, timeout: PATIENT_MS } } : adapter;
}

/** Asks for all keys in one turn of the event loop, as the gateway does. */
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
