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

/**
 * Whether the open customer has a draft. One that this agent wrote before the page was left or loaded again is read first. It is kept
 * under the id that the customer has now, and of one of whom nothing is held any more nothing is kept either.
 */
export function useHasDraft(): boolean {
  const { id: answered, question, isNobody, isGone } = useOpenCustomer();
  const drafts = useDrafts();
  const [draft, setDraft, draftNow] = useKeptDraft();
  const id = answered ?? ('id' in question ? question.id : null);
  const isHeld = !isNobody && !isGone;
  useEffect(() => {
    if (id === null || drafts === null) return;
    const now = draftNow();
    if (now.id !== '' || !isHeld) return drafts.keep(id, isHeld && !isEmptyDraft(now) ? now : null);
    const before = drafts.read(id);
    // A tab that the browser duplicated has the same one: what is written in both from here on are two notes.
    if (before !== null) setDraft(before.isSent ? before : { ...before, id: randomId() });
  }, [setDraft, draftNow, drafts, id, isHeld]);
  return !isEmptyDraft(draft);
}

/** 128 random bits. `crypto.randomUUID` is missing in a frame of a page without TLS. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
