import { useEffect } from 'react';
import { useOpenCustomer } from '../customer/open-customer.tsx';
import type { EmbeddedIn } from './use-embedder.ts';

/** Tells the page around the frame who is open, how sure that is, and that an agent has confirmed it. */
export function EmbedderReporter({ embedder }: { readonly embedder: EmbeddedIn }) {
  const { id, assurance, confirmation } = useOpenCustomer();
  const { method = null, confirmedAt = null } = confirmation ?? {};
  useEffect(() => {
    if (id !== null && assurance !== null) embedder.send({ type: 'customer-profile:opened', customerId: id, assurance });
  }, [embedder, id, assurance]);
  useEffect(() => {
    if (id !== null && method !== null && confirmedAt !== null) embedder.confirmed(id, method, confirmedAt);
  }, [embedder, id, method, confirmedAt]);
  return null;
}
