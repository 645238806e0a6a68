import type { ApolloClient } from '@apollo/client';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useConnection } from '../connection/connection.tsx';
import { useOpenCustomer } from '../customer/open-customer.tsx';
import { JOURNEY } from './documents.ts';
import { type JourneyFrame, JourneyReader, type JourneySnapshot, type JourneySource } from './journey-reader.ts';

/**
 * Reads one customer's journey within a frame; null until there is a customer, or while there is no frame.
 * Identifiers in its texts are masked without a confirmation: with one it is read again, and anew when that is over.
 */
export function useJourney(customerId: string | null, frame: JourneyFrame | null, { isConfirmed, locks }: Confirmed): JourneyReader | null {
  const { client } = useConnection();
  const key = JSON.stringify(frame);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once the confirmation is over, nothing that was read under it is kept
  const reader = useMemo(() => {
    const within = JSON.parse(key) as JourneyFrame | null;
    return customerId === null || within === null ? null : new JourneyReader(sourceOf(client, customerId), within);
  }, [client, customerId, key, locks]);
  const before = useRef({ reader, isConfirmed });
  useEffect(() => {
    const isOpened = isConfirmed && before.current.reader === reader && !before.current.isConfirmed;
    before.current = { reader, isConfirmed };
    // A page that was hidden and is shown again has its reader still.
    void (isOpened ? reader?.readAgain() : reader?.start());
  }, [reader, isConfirmed]);
  return reader;
}

/** Whether a confirmation of the agent's counts, and how often one was over while the customer was open. */
export interface Confirmed {
  readonly isConfirmed: boolean;
  readonly locks: number;
}

export function useConfirmed(): Confirmed {
  const isConfirmed = useOpenCustomer().confirmation !== null;
  const [known, setKnown] = useState<Confirmed>({ isConfirmed, locks: 0 });
  if (known.isConfirmed === isConfirmed) return known;
  const next = { isConfirmed, locks: isConfirmed ? known.locks : known.locks + 1 };
  setKnown(next);
  return next;
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
