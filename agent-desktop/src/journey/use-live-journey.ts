import { useEffect, useRef, useState } from 'react';
import { useConnection, useLiveState } from '../connection/connection.tsx';
import { INTERACTION_CAPTURED } from './documents.ts';
import type { JourneyItem } from './interaction.ts';
import type { JourneyReader } from './journey-reader.ts';

export interface LiveJourney {
  /** True when what was missed in a gap could not be read. */
  readonly hasGap: boolean;
  /** Reads it again. */
  readonly readAgain: () => void;
}

export interface LiveJourneyOptions {
  readonly customerId: string | null;
  /** All readers of this customer; the first is the one that is shown. */
  readonly readers: readonly (JourneyReader | null)[];
  /** Called with what came in and is shown, or waits to be. */
  readonly onArrival: (items: readonly JourneyItem[], how: 'live' | 'gap') => void;
}

/**
 * A subscription has begun some time after it was sent, and nothing says when. What is stored in between is read this much later,
 * in milliseconds, in addition to what is read at once.
 */
const SETTLED = 2_000;

/** Puts live interactions into the readers, and reads what was missed while the connection was down, or the gateway says so. */
export function useLiveJourney({ customerId, readers, onArrival }: LiveJourneyOptions): LiveJourney {
  const { client } = useConnection();
  const live = useLiveState(customerId);
  const current = useRef({ readers, onArrival });
  current.current = { readers, onArrival };
  /** From when what may have been missed is read; null when nothing was. */
  const gap = useRef<number | null>(null);
  /** Since when nothing is listened to; null while something is. */
  const leftAt = useRef<number | null>(null);
  const [hasGap, setHasGap] = useState(false);
  const readGap = useRef(async (since: number, how: 'live' | 'gap') => {
    const shown = current.current.readers[0];
    try {
      const read = await Promise.all(current.current.readers.map((reader) => reader?.readGap(since, how) ?? []));
      if (current.current.readers[0] === shown && read[0] && read[0].length > 0) current.current.onArrival(read[0], how);
      if (gap.current === since) gap.current = null;
      setHasGap(false);
    } catch {
      gap.current = Math.min(since, gap.current ?? since);
      setHasGap(true);
    }
  });

  useEffect(() => {
    if (customerId === null) return;
    const subscription = client
      .subscribe({ query: INTERACTION_CAPTURED, variables: { id: customerId }, fetchPolicy: 'no-cache' })
      .subscribe({
        next: ({ data, extensions }) => {
          const sent = data?.interactionCaptured;
          const since = gapOf(extensions);
          // The gap is read first, so that the interaction which says so is among what was read, once.
          if (since !== null) void readGap.current(since, 'gap');
          if (!sent) return;
          const taken = current.current.readers.map((reader) => reader?.receive(sent) ?? null);
          if (taken[0]) current.current.onArrival([taken[0]], 'live');
        },
        // What the gateway refuses is begun again by the connection, whose state says so.
        error: () => {},
      });
    return () => {
      subscription.unsubscribe();
      // The page is hidden, and may be shown again.
      leftAt.current ??= Date.now();
    };
  }, [client, customerId]);

  const since = live.kind === 'reconnecting' ? live.since.getTime() : null;
  useEffect(() => {
    if (since !== null) gap.current = Math.min(since, gap.current ?? since);
  }, [since]);
  useEffect(() => {
    if (live.kind !== 'connected' || customerId === null) return;
    const [since, how] = gap.current === null ? ([leftAt.current ?? Date.now(), 'live'] as const) : ([gap.current, 'gap'] as const);
    if (gap.current !== null || leftAt.current !== null) void readGap.current(since, how);
    leftAt.current = null;
    const timer = setTimeout(() => void readGap.current(since, how), SETTLED);
    return () => clearTimeout(timer);
  }, [live.kind, customerId]);

  return { hasGap, readAgain: () => void readGap.current(gap.current ?? Date.now(), 'gap') };
}

/** `{ gap: { since } }`: the gateway may have missed something since this time. */
function gapOf(extensions: Readonly<Record<string, unknown>> | undefined): number | null {
  const since = (extensions?.gap as { since?: unknown } | undefined)?.since;
  const time = typeof since === 'string' || typeof since === 'number' ? new Date(since).getTime() : Number.NaN;
  return Number.isNaN(time) ? null : time;
}
