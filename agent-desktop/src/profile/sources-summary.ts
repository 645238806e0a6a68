import type { SourceStatus } from '../customer/customer-model.ts';

/** What the foot of the column says about the sources. */
export interface SourcesSummary {
  readonly failed: readonly SourceStatus[];
  readonly stale: readonly SourceStatus[];
  readonly fresh: readonly SourceStatus[];
  /** Not asked, since the customer has no identifier for them. */
  readonly skipped: readonly SourceStatus[];
  /** When the oldest of the fresh answers was fetched; null without one. */
  readonly oldest: string | null;
}

export function summarizeSources(sources: readonly SourceStatus[]): SourcesSummary {
  const of = (wanted: SourceStatus['status']) => sources.filter(({ status }) => status === wanted);
  const fresh = of('FRESH');
  const times = fresh.map(({ fetchedAt }) => fetchedAt).filter((time) => time !== null);
  return {
    failed: of('FAILED'),
    stale: of('STALE'),
    fresh,
    skipped: of('SKIPPED'),
    oldest: times.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null,
  };
}
