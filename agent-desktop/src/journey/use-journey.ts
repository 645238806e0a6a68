import type { ApolloClient } from '@apollo/client';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useConnection } from '../connection/connection.tsx';
import { JOURNEY } from './documents.ts';
import { type JourneyFrame, JourneyReader, type JourneySnapshot, type JourneySource } from './journey-reader.ts';

/** Reads one customer's journey within a frame; null until there is a customer, or while there is no frame. */
export function useJourney(customerId: string | null, frame: JourneyFrame | null): JourneyReader | null {
  const { client } = useConnection();
  const key = JSON.stringify(frame);
  const reader = useMemo(() => {
    const within = JSON.parse(key) as JourneyFrame | null;
    return customerId === null || within === null ? null : new JourneyReader(sourceOf(client, customerId), within);
  }, [client, customerId, key]);
  // A page that was hidden and is shown again has its reader still.
  useEffect(() => void reader?.start(), [reader]);
  return reader;
}

function sourceOf(client: ApolloClient, id: string): JourneySource {
  return {
    read: async ({ touchpoints, ...question }) => {
      const { data, error } = await client.query({
        query: JOURNEY,
        variables: { id, ...question, ...(touchpoints && { touchpoints: [...touchpoints] }) },
        // The reader keeps what was read; a second copy of it would only grow, and outlive a customer who is erased.
        fetchPolicy: 'no-cache',
      });
      const page = data?.node?.__typename === 'Customer' ? data.node.interactions : null;
      if (page == null) throw error ?? new Error('interactions: expected a page, received null.');
      return page;
    },
  };
}

const nothing = () => () => {};

/** What a reader has now. */
export function useSnapshot(reader: JourneyReader | null): JourneySnapshot | null {
  return useSyncExternalStore(reader?.subscribe ?? nothing, () => reader?.snapshot() ?? null);
}
