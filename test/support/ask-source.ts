import { onTestFinished } from 'vitest';
import type { DataAdapter } from '../../src/adapters/data-adapter.ts';
import { SourceError } from '../../src/model/errors.ts';
import { Source, type SourceOptions } from '../../src/sources/source.ts';
import type { SourceAnswer } from '../../src/sources/source-calls.ts';

/** A source over an adapter that is closed when the test is over. */
export function sourceOf(adapter: DataAdapter, options: SourceOptions = {}): Source {
  onTestFinished(() => adapter.close?.());
  return new Source('things', adapter, options);
}

/** The same adapter with time enough for a machine that has other work. */
export function patient(adapter: DataAdapter): DataAdapter {
  return { ...adapter, timeout: 10_000 };
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
