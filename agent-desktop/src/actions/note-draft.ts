import { useEffect, useRef, useSyncExternalStore } from 'react';
import { type Draft, isEmptyDraft, NO_DRAFT, useDrafts } from '../customer/drafts.ts';
import { useOpenCustomer } from '../customer/open-customer.tsx';

/** The open customer's draft, which stays as long as the customer is open. */
export function useDraft(): [Draft, (draft: Draft) => void] {
  const { id } = useOpenCustomer();
  const drafts = useDrafts();
  const draft = useSyncExternalStore(drafts.subscribe, () => (id === null ? NO_DRAFT : drafts.read(id)));
  return [draft, (next) => id !== null && drafts.keep(id, next)];
}

/**
 * Whether the open customer has a draft, which follows them when they become another one. Of a customer of whom nothing is held any
 * more no draft is kept either.
 */
export function useHasDraft(): boolean {
  const { id, question, isNobody, isGone } = useOpenCustomer();
  const drafts = useDrafts();
  // By the id of the question it was kept before the page was loaded again.
  const before = useRef('id' in question ? question.id : null);
  useEffect(() => {
    if (id === null) return;
    if (before.current !== null) drafts.move(before.current, id);
    before.current = id;
  }, [drafts, id]);
  const isHeld = !isNobody && !isGone;
  useEffect(() => {
    const of = id ?? before.current;
    if (of !== null && !isHeld) drafts.keep(of, NO_DRAFT);
  }, [drafts, id, isHeld]);
  return useSyncExternalStore(drafts.subscribe, () => id !== null && !isEmptyDraft(drafts.read(id)));
}
