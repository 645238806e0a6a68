import { useEffect } from 'react';
import { type Draft, useDrafts } from '../customer/drafts.ts';
import { useKeptState } from '../customer/kept.ts';
import { useOpenCustomer } from '../customer/open-customer.tsx';

export const NO_DRAFT: Draft = { id: '', text: '', outcome: null, isSent: false };

export const isEmptyDraft = ({ text, outcome }: Draft): boolean => text.trim() === '' && outcome === null;

const useKeptDraft = () => useKeptState('note', NO_DRAFT);

/** The open customer's draft, which stays as long as the customer is open. The third reads it later, as it is then. */
export function useDraft(): [Draft, (draft: Draft) => void, () => Draft] {
  const { id } = useOpenCustomer();
  const drafts = useDrafts();
  const [draft, setDraft, draftNow] = useKeptDraft();
  const change = (next: Draft) => {
    setDraft(next);
    if (id !== null) drafts?.keep(id, isEmptyDraft(next) ? null : next);
  };
  return [draft, change, draftNow];
}

/** Whether the open customer has a draft. One that this agent wrote before the page was left or loaded again is read first. */
export function useHasDraft(): boolean {
  const { id } = useOpenCustomer();
  const drafts = useDrafts();
  const [draft, setDraft] = useKeptDraft();
  useEffect(() => {
    const before = draft.id === '' && id !== null ? drafts?.read(id) : null;
    if (before) setDraft(before);
  }, [draft, setDraft, drafts, id]);
  return !isEmptyDraft(draft);
}

/** 128 random bits. `crypto.randomUUID` is missing in a frame of a page without TLS. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
