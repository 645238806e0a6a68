import { useCallback, useEffect, useMemo, useState } from 'react';
import { useClient } from '../../connection/connection.tsx';
import { useOpenCustomer } from '../../customer/open-customer.tsx';
import type { HistoryEventFragment, IdentityHistoryQuery } from '../../generated/graphql.ts';
import { IDENTITY_HISTORY } from '../documents.ts';
import { inOrder } from '../history/in-order.ts';
import type { History } from '../history/lives.ts';
import { replay } from '../history/replay.ts';
import { useIdentitySheet } from '../identity-sheets.tsx';

const PAGE = 50;
/** Events in memory at most: who walks further back than this reads the audit. */
const MOST = 1_000;

type Customer = Extract<NonNullable<IdentityHistoryQuery['node']>, { __typename: 'Customer' }>;

interface Read {
  readonly id: string;
  readonly customer: Customer;
  readonly events: readonly HistoryEventFragment[];
  /** The cursor of older events; null when there are none. */
  readonly after: string | null;
  /** It was read under a confirmation, so identifiers are whole in it. */
  readonly isConfirmed: boolean;
}

export interface HistoryState {
  readonly history: History | null;
  readonly identifiers: Customer['identifiers'];
  readonly hasOlder: boolean;
  readonly isReading: boolean;
  /** Why the last reading failed; what was read before is still there. */
  readonly error: unknown;
  readonly readOlder: () => void;
  /** Reads again what failed. */
  readonly retry: () => void;
}

/** Reads what happened to the open customer's identity, newest first, and again after each change of the identifiers. */
export function useHistory(): HistoryState {
  const client = useClient();
  const { id, identifiers, confirmation } = useOpenCustomer();
  const { changes } = useIdentitySheet();
  const [kept, setRead] = useState<Read | null>(null);
  const isConfirmed = confirmation !== null;
  // What was read under a confirmation is not shown any more once that is over, also while the gateway cannot be asked.
  const read = kept?.isConfirmed && !isConfirmed ? null : kept;
  const [isReading, setIsReading] = useState(false);
  const [failed, setFailed] = useState<{ readonly isOlder: boolean; readonly error: unknown } | null>(null);
  const [attempt, setAttempt] = useState(0);
  const held = JSON.stringify(identifiers?.map(({ type, value }) => [type, value]) ?? null);

  const readPage = useCallback(
    async (customerId: string, after: string | null): Promise<Customer> => {
      const { data, error: refused } = await client.query({
        query: IDENTITY_HISTORY,
        variables: { id: customerId, first: PAGE, after },
        fetchPolicy: 'no-cache',
        errorPolicy: 'all',
      });
      if (data?.node?.__typename !== 'Customer' || data.node.identityEvents == null) throw refused ?? new Error('no identity events');
      return data.node;
    },
    [client],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the identifiers, or another attempt, reads again
  useEffect(() => {
    if (id === null) return;
    let isOver = false;
    setIsReading(true);
    readPage(id, null).then(
      (customer) => {
        if (isOver) return;
        setRead(firstPage(customer, isConfirmed));
        setFailed(null);
        setIsReading(false);
      },
      (error: unknown) => {
        if (isOver) return;
        setFailed({ isOlder: false, error });
        setIsReading(false);
      },
    );
    return () => {
      isOver = true;
    };
  }, [id, held, changes, attempt, isConfirmed, readPage]);

  const readOlder = useCallback(() => {
    if (read === null || read.after === null || isReading) return;
    setIsReading(true);
    setFailed(null);
    readPage(read.id, read.after).then(
      (customer) => {
        setRead((before) => (before === read ? withOlder(read, customer) : before));
        setIsReading(false);
      },
      (error: unknown) => {
        setFailed({ isOlder: true, error });
        setIsReading(false);
      },
    );
  }, [read, isReading, readPage]);

  const history = useMemo<History | null>(() => {
    if (read === null) return null;
    const present = { id: read.id, identifiers: read.customer.identifiers ?? [] };
    const events = inOrder(present.identifiers, read.events);
    return { id: read.id, events, moments: replay(present, events) };
  }, [read]);
  const retry = () => (failed?.isOlder === true ? readOlder() : setAttempt((count) => count + 1));
  return {
    history,
    identifiers: read?.customer.identifiers ?? null,
    hasOlder: read !== null && read.after !== null && read.events.length < MOST,
    isReading,
    error: failed?.error ?? null,
    readOlder,
    retry,
  };
}

function firstPage(customer: Customer, isConfirmed: boolean): Read {
  return { id: customer.id, customer, events: eventsOf(customer), after: afterOf(customer), isConfirmed };
}

function withOlder(read: Read, customer: Customer): Read {
  const known = new Set(read.events.map(({ id }) => id));
  return { ...read, events: [...read.events, ...eventsOf(customer).filter(({ id }) => !known.has(id))], after: afterOf(customer) };
}

const eventsOf = ({ identityEvents }: Customer): HistoryEventFragment[] => identityEvents?.edges.map(({ node }) => node) ?? [];

function afterOf({ identityEvents }: Customer): string | null {
  return identityEvents?.pageInfo.hasNextPage ? identityEvents.pageInfo.endCursor : null;
}
