import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { useConnection, useLiveState } from '../connection/connection.tsx';
import { CustomerStore } from './customer-store.ts';
import { CUSTOMER_CHANGED } from './documents.ts';
import type { CustomerQuestion, OpenCustomer } from './open-customer.ts';

const StoreOfCustomer = createContext<CustomerStore | null>(null);

/** Reads the customer of a question, keeps it up to date, and gives it to everything inside. One for each open customer. */
export function OpenCustomerProvider({ question, children }: { readonly question: CustomerQuestion; readonly children: ReactNode }) {
  const { client, layout, runDocument } = useConnection();
  const key = JSON.stringify(question);
  const store = useMemo(() => {
    const onLocked = (id: string) => {
      client.cache.evict({ id: client.cache.identify({ __typename: 'Customer', id }) ?? '' });
      client.cache.gc();
    };
    return new CustomerStore(JSON.parse(key), layout, runDocument, onLocked);
  }, [key, layout, client, runDocument]);
  useReading(store);
  return <StoreOfCustomer value={store}>{children}</StoreOfCustomer>;
}

/** The open customer around this component. */
export function useOpenCustomer(): OpenCustomer {
  const store = useContext(StoreOfCustomer);
  if (store === null) throw new Error('useOpenCustomer() expects an <OpenCustomerProvider> around it');
  return useSyncExternalStore(store.subscribe, store.current);
}

/** Reads at once, after each change of the customer, after a gap in the connection, and when a sleeping machine wakes up. */
function useReading(store: CustomerStore): void {
  const { client } = useConnection();
  const { kind } = useLiveState();
  const wasLost = useRef(false);
  const { id } = useSyncExternalStore(store.subscribe, store.current);
  useEffect(() => {
    void store.refresh();
    document.addEventListener('visibilitychange', store.checkConfirmation);
    return () => {
      document.removeEventListener('visibilitychange', store.checkConfirmation);
      store.stop();
    };
  }, [store]);
  useEffect(() => {
    if (id === null) return;
    const subscription = client.subscribe({ query: CUSTOMER_CHANGED, variables: { id }, fetchPolicy: 'no-cache' }).subscribe({
      next: store.changed,
      // The connection says that it is broken; what was missed is read when it is back.
      error: () => {},
    });
    return () => subscription.unsubscribe();
  }, [client, store, id]);
  useEffect(() => {
    if (kind === 'connected' && wasLost.current) store.changed();
    if (kind !== 'idle') wasLost.current = kind === 'reconnecting';
  }, [kind, store]);
}
