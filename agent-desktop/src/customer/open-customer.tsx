import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useConnection, useLiveState } from '../connection/connection.tsx';
import type { ProfileLayout } from '../model/gateway.ts';
import type { OpenQuestion } from '../model/open-question.ts';
import type { OpenCustomer } from './customer-model.ts';
import { CustomerStore } from './customer-store.ts';
import { CUSTOMER_CHANGED } from './documents.ts';
import { KeptContext, KeptThings } from './kept.ts';

export type {
  Assurance,
  Confirmation,
  CustomerIdentifier,
  Entry,
  FactValue,
  ListValue,
  OpenCustomer,
} from './customer-model.ts';

export interface OpenCustomerProviderProps {
  readonly question: OpenQuestion;
  readonly layout: ProfileLayout;
  /** Closes the customer's tab; without it there is nothing to close. */
  readonly onClose?: () => void;
  readonly children: ReactNode;
}

/** Which page of the centre column is shown: `journey`, a list's path, `identity`, or what a narrow window has as pages. */
export interface CustomerPage {
  readonly page: string;
  readonly show: (page: string) => void;
}

const StoreOfCustomer = createContext<CustomerStore | null>(null);
const PageOfCustomer = createContext<CustomerPage | null>(null);
const CloseCustomer = createContext<(() => void) | null>(null);

/** Reads the customer of a question, keeps it up to date, and gives it to everything inside. One for each open customer. */
export function OpenCustomerProvider({ question, layout, onClose, children }: OpenCustomerProviderProps) {
  const { client, runDocument } = useConnection();
  const [page, show] = useState('journey');
  const key = JSON.stringify(question);
  const store = useMemo(() => {
    const onLocked = (id: string) => {
      client.cache.evict({ id: client.cache.identify({ __typename: 'Customer', id }) ?? '' });
      client.cache.gc();
    };
    return new CustomerStore(JSON.parse(key) as OpenQuestion, layout, runDocument, onLocked);
  }, [key, layout, client, runDocument]);
  useReading(store);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another customer has things of their own.
  const kept = useMemo(() => new KeptThings(), [store]);
  const shownPage = useMemo(() => ({ page, show }), [page]);
  return (
    <StoreOfCustomer value={store}>
      <PageOfCustomer value={shownPage}>
        <KeptContext value={kept}>
          <CloseCustomer value={onClose ?? null}>{children}</CloseCustomer>
        </KeptContext>
      </PageOfCustomer>
    </StoreOfCustomer>
  );
}

/** The open customer around this component. */
export function useOpenCustomer(): OpenCustomer {
  const store = useContext(StoreOfCustomer);
  if (store === null) throw new Error('useOpenCustomer: expected an OpenCustomerProvider around it, found none.');
  return useSyncExternalStore(store.subscribe, store.current);
}

/** The page that the centre column shows of the open customer, and what shows another one. */
export function useCustomerPage(): CustomerPage {
  const page = useContext(PageOfCustomer);
  if (page === null) throw new Error('useCustomerPage: expected an OpenCustomerProvider around it, found none.');
  return page;
}

/** What closes the open customer; null where it cannot be closed. */
export const useCloseCustomer = (): (() => void) | null => useContext(CloseCustomer);

/** Milliseconds within which a subscription has begun, once there is a connection. */
const SUBSCRIBED_AFTER = 1_000;

/** Reads at once, after each change of the customer, after a gap in the connection, and when a sleeping machine wakes up. */
function useReading(store: CustomerStore): void {
  const { client } = useConnection();
  const wasLost = useRef(false);
  const { id } = useSyncExternalStore(store.subscribe, store.current);
  const { kind } = useLiveState(id);
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
      // The connection says that it is broken or refused, and begins it again; what was missed is read when it is back.
      error: () => {},
    });
    return () => subscription.unsubscribe();
  }, [client, store, id]);
  useEffect(() => {
    if (id === null || kind !== 'connected') return;
    // What changed between the answer and the beginning of the subscription was told to nobody: it is read once more.
    const timer = setTimeout(store.changed, SUBSCRIBED_AFTER);
    return () => clearTimeout(timer);
  }, [kind, store, id]);
  useEffect(() => {
    if (kind === 'connected' && wasLost.current) store.changed();
    if (kind !== 'idle') wasLost.current = kind === 'reconnecting';
  }, [kind, store]);
}
