import { useKeptState } from '../customer/kept.ts';

/** A note that is being written. */
export interface Draft {
  /** The note's id as an interaction: sent again after a failure, it is not stored twice. */
  readonly id: string;
  readonly text: string;
  readonly outcome: string | null;
  /** It was sent under this id: changed afterwards, it is another note, or the gateway would take it for the one that it may have. */
  readonly isSent: boolean;
}

export const NO_DRAFT: Draft = { id: '', text: '', outcome: null, isSent: false };

export const isEmptyDraft = ({ text, outcome }: Draft): boolean => text.trim() === '' && outcome === null;

/** The open customer's draft, which stays as long as the customer is open. */
export const useDraft = () => useKeptState('note', NO_DRAFT);

export const useHasDraft = (): boolean => !isEmptyDraft(useDraft()[0]);

/** 128 random bits. `crypto.randomUUID` is missing in a frame of a page without TLS. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
