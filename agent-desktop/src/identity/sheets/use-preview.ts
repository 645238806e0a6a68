import { useEffect, useState } from 'react';
import { useClient } from '../../connection/connection.tsx';
import type { PreviewFragment } from '../../generated/graphql.ts';
import { type Change, previewOf } from '../changes.ts';

export type PreviewState =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly preview: PreviewFragment }
  | { readonly kind: 'refused'; readonly error: unknown };

/** Milliseconds of quiet before a typed value is asked about. */
const QUIET = 200;

/** Asks what a change would do, as soon as it is complete, and again when it changes. The reason changes nothing of it. */
export function usePreview(change: Change | null): PreviewState {
  const client = useClient();
  const asked = change === null ? null : JSON.stringify({ ...change, input: { ...change.input, reason: undefined } });
  const [answered, setAnswered] = useState<{ asked: string; state: PreviewState } | null>(null);
  useEffect(() => {
    if (asked === null) return;
    // The gateway decides an agent's previews one after the other: the newest would wait for those that nobody looks at any more.
    const abort = new AbortController();
    const answer = (state: PreviewState) => !abort.signal.aborted && setAnswered({ asked, state });
    const timer = setTimeout(() => {
      previewOf(client, JSON.parse(asked) as Change, abort.signal).then(
        (preview) => answer({ kind: 'ready', preview }),
        (error: unknown) => answer({ kind: 'refused', error }),
      );
    }, QUIET);
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [asked, client]);
  if (asked === null) return { kind: 'incomplete' };
  return answered?.asked === asked ? answered.state : { kind: 'loading' };
}
