import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useConnection } from '../connection/connection.tsx';
import { JOURNEY } from './documents.ts';
import { type JourneyFrame, JourneyReader, type JourneySnapshot, type JourneySource } from './journey-reader.ts';

/** Reads one customer's journey within a frame; null until there is a customer, or while there is no frame. */
export function useJourney(customerId: string | null, frame: JourneyFrame | null): JourneyReader | null {
  const { client } = useConnection();
  const [reader, setReader] = useState<JourneyReader | null>(null);
  const key = frame === null ? null : JSON.stringify(frame);
  const last = useRef(frame);
  last.current = frame;
  useEffect(() => {
    if (customerId === null || key === null || last.current === null) return setReader(null);
    const source: JourneySource = {
      read: async (question, signal) => {
        const { data, error } = await client.query({
          query: JOURNEY,
          variables: { id: customerId, ...question, touchpoints: question.touchpoints === undefined ? undefined : [...question.touchpoints] },
          // The reader keeps what was read; a second copy of it would only grow, and outlive a customer who is erased.
          fetchPolicy: 'no-cache',
          context: { fetchOptions: { signal } },
        });
        const node = data?.node;
        const page = node?.__typename === 'Customer' ? node.interactions : null;
        if (page == null) throw error ?? new Error('interactions: expected a page, received null.');
        return page;
      },
    };
    const next = new JourneyReader(source, last.current);
    setReader(next);
    void next.start();
    return () => next.close();
  }, [client, customerId, key]);
  return reader;
}

const nothing = () => () => {};

/** What a reader has now. */
export function useSnapshot(reader: JourneyReader | null): JourneySnapshot | null {
  return useSyncExternalStore(reader?.subscribe ?? nothing, () => reader?.snapshot() ?? null);
}
