import { useEffect, useSyncExternalStore } from 'react';
import { useClient } from '../connection/connection.tsx';
import { useKept } from '../customer/kept.ts';
import { useOpenCustomer } from '../customer/open-customer.tsx';
import { useText } from '../text/text.tsx';
import { type OffersState, OffersStore } from './offers-store.ts';

export interface Offers extends OffersState {
  readonly store: OffersStore;
  /** Reads them again now. */
  readonly retry: () => void;
}

/** The open customer's offers, read once the agent may offer something. Null where there is no placement for agents, or not yet. */
export function useOffers(): Offers | null {
  const client = useClient();
  const { language } = useText();
  const store = useKept('offers', () => new OffersStore(client));
  const state = useSyncExternalStore(store.subscribe, store.current);
  const { id, assurance, layout, answers, isNobody } = useOpenCustomer();
  const { placement, agentsConfirm } = layout;
  // First comes who is calling: nothing is offered to somebody whom nobody has confirmed.
  const isOpen = id !== null && !isNobody && placement !== null && (!agentsConfirm || assurance === 'VERIFIED');
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each answer about the customer other offers may fit.
  useEffect(() => {
    if (isOpen) void store.read(id, placement, language);
  }, [isOpen, store, id, placement, language, answers]);
  if (!isOpen) return null;
  return { ...state, store, retry: () => void store.readNow(id, placement, language) };
}
