import { useEffect, useState } from 'react';
import { useConnection } from '../connection/connection.tsx';
import { type FoundCustomer, readFound } from './found-customer.ts';

export interface Finding {
  /** What these results are of; null before the first answer. */
  readonly typed: string | null;
  readonly isAsking: boolean;
  readonly found: readonly FoundCustomer[];
  /** Sources that could not be asked. */
  readonly incomplete: readonly string[];
  readonly milliseconds: number;
  readonly failure: unknown;
}

const NOTHING: Finding = { typed: null, isAsking: false, found: [], incomplete: [], milliseconds: 0, failure: null };
/** Milliseconds after the last key: less than a person notices, more than two keys of a fast one are apart. */
const DEBOUNCE = 110;
export const FEWEST_SIGNS = 2;
const LONGEST = 256;
const FIRST = 12;

/** Looks for customers as somebody types. An older question is given up as soon as there is a newer one. */
export function useFind(text: string): Finding {
  const { runDocument, layout } = useConnection();
  const [finding, setFinding] = useState(NOTHING);
  const typed = text.trim().slice(0, LONGEST);
  useEffect(() => {
    if (typed.length < FEWEST_SIGNS) return setFinding(NOTHING);
    const abort = new AbortController();
    setFinding((before) => ({ ...before, isAsking: true, failure: null }));
    const timer = setTimeout(async () => {
      const start = performance.now();
      try {
        const variables = { value: typed, first: FIRST };
        const { data, errors, extensions } = await runDocument(layout.documents.find, variables, { signal: abort.signal });
        const list = data?.findCustomers;
        const by = sourcesIn(extensions.foundBy);
        const found = Array.isArray(list)
          ? list.flatMap((each) => readFound(each, layout) ?? []).map((each) => ({ ...each, foundBy: by.get(each.id) ?? null }))
          : [];
        const failure = Array.isArray(list) ? null : { errors };
        const milliseconds = Math.round(performance.now() - start);
        setFinding({ typed, isAsking: false, found, incomplete: namesIn(extensions.incomplete), milliseconds, failure });
      } catch (failure) {
        if (!abort.signal.aborted) setFinding({ ...NOTHING, typed, failure });
      }
    }, DEBOUNCE);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [typed, runDocument, layout]);
  return finding;
}

/** By which source customers were found, by their id. */
function sourcesIn(foundBy: unknown): ReadonlyMap<string, string> {
  return new Map(Array.isArray(foundBy) ? (foundBy as { id: string; source: string }[]).map(({ id, source }) => [id, source]) : []);
}

/** The gateway names sources, or says more of each. */
function namesIn(incomplete: unknown): string[] {
  if (!Array.isArray(incomplete)) return [];
  return incomplete.flatMap((each) => {
    const name = typeof each === 'string' ? each : (each as { source?: unknown } | null)?.source;
    return typeof name === 'string' ? [name] : [];
  });
}
