import { useEffect, useState } from 'react';
import { useClient, useLayout, useRunDocument } from '../../connection/connection.tsx';
import { readPath } from '../../customer/answer.ts';
import { useOpenCustomer } from '../../customer/open-customer.tsx';
import type { SideFragment } from '../../generated/graphql.ts';
import { SIDE_OF } from '../documents.ts';

/** A customer in a sheet. */
export interface Side extends SideFragment {
  readonly name: string | null;
  /** How many interactions the customer has; `isMore` when there are more than were counted. */
  readonly interactions: { readonly count: number; readonly isMore: boolean } | null;
}

export type SideState =
  | { readonly kind: 'none' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly side: Side }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Counted one by one, so only so many. */
const MOST_COUNTED = 200;

/** Reads what a sheet shows of a customer; null for nobody yet. */
export function useSide(id: string | null): SideState {
  const client = useClient();
  const layout = useLayout();
  const run = useRunDocument();
  // Identifiers that were read under a confirmation are not shown any more once it is over: the side is read again, masked.
  const isConfirmed = useOpenCustomer().confirmation !== null;
  const [read, setRead] = useState<{ id: string; isConfirmed: boolean; state: SideState } | null>(null);
  useEffect(() => {
    if (id === null) return;
    let isOver = false;
    const set = (state: SideState) => !isOver && setRead({ id, isConfirmed, state });
    const variables = { id, first: MOST_COUNTED };
    Promise.all([
      client.query({ query: SIDE_OF, variables, fetchPolicy: 'no-cache', errorPolicy: 'all' }),
      // Without the owner's fields there is no name, and the rest is there.
      run(layout.documents.head, { id }).catch(() => null),
    ]).then(
      ([{ data, error }, head]) => {
        const node = data?.node;
        if (node?.__typename !== 'Customer') return set({ kind: 'failed', error });
        const { interactions } = node;
        const name = layout.name === null ? null : readPath((head?.data?.node ?? {}) as Record<string, unknown>, layout.name);
        const counted = interactions && { count: interactions.edges.length, isMore: interactions.pageInfo.hasNextPage };
        set({ kind: 'ready', side: { ...node, name: typeof name === 'string' ? name : null, interactions: counted ?? null } });
      },
      (error: unknown) => set({ kind: 'failed', error }),
    );
    return () => {
      isOver = true;
    };
  }, [id, isConfirmed, client, layout, run]);
  if (id === null) return { kind: 'none' };
  return read?.id === id && (isConfirmed || !read.isConfirmed) ? read.state : { kind: 'loading' };
}
