import { createContext, useContext } from 'react';
import { tabStorage } from '../model/page-storage.ts';

/** A note that is not saved. */
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

const KEPT_AS = 'agent-desktop.drafts';

/**
 * Notes that are not saved, by customer, for all tabs of a desk: so a note is still there when its customer is merged with one who
 * is open in another tab. They outlive the page, which is left for a new sign-in, but not the browser's tab.
 */
export class Drafts {
  private readonly isKept: boolean;
  private readonly byCustomer: Map<string, Draft>;
  private readonly listeners = new Set<() => void>();

  /** @param isKept false where nothing may outlive the page: in a frame, and for an agent whose token does not say who they are. */
  constructor(isKept: boolean) {
    this.isKept = isKept;
    this.byCustomer = new Map(isKept ? Object.entries(readKept()).map(([customerId, draft]) => [customerId, asOwn(draft)]) : []);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  read(customerId: string): Draft {
    return this.byCustomer.get(customerId) ?? NO_DRAFT;
  }

  /** An empty draft is none, but a space at the beginning of a note may be typed. */
  keep(customerId: string, draft: Draft): void {
    if (draft.text === '' && draft.outcome === null) this.byCustomer.delete(customerId);
    else this.byCustomer.set(customerId, draft);
    if (this.isKept) keepOne(customerId, isEmptyDraft(draft) ? null : draft);
    for (const listener of this.listeners) listener();
  }

  /** This very draft is saved. Its customer may have become another one while it was on its way. */
  saved(draft: Draft): void {
    for (const [customerId, kept] of [...this.byCustomer]) if (kept === draft) this.keep(customerId, NO_DRAFT);
  }

  /** One customer became another: the note is theirs, below one that was begun there. */
  move(from: string, to: string): void {
    const [moved, there] = [this.read(from), this.read(to)];
    if (from === to || isEmptyDraft(moved)) return;
    this.keep(from, NO_DRAFT);
    // Two notes in one are a new note, with an id that was never sent.
    const both = { id: newDraftId(), text: [there.text, moved.text].filter((text) => text.trim() !== '').join('\n\n'), isSent: false };
    this.keep(to, isEmptyDraft(there) ? moved : { ...both, outcome: there.outcome ?? moved.outcome });
  }

  /** Keeps drafts of these customers alone: of one who is closed, or was erased, nothing stays. */
  forgetBut(customerIds: readonly string[]): void {
    for (const customerId of [...this.byCustomer.keys()]) if (!customerIds.includes(customerId)) this.keep(customerId, NO_DRAFT);
  }
}

/** A tab that the browser duplicated has the same draft: what is written in both from here on are two notes. */
function asOwn(draft: Draft): Draft {
  return draft.isSent ? draft : { ...draft, id: newDraftId() };
}

function readKept(): Readonly<Record<string, Draft>> {
  try {
    return (JSON.parse(tabStorage.getItem(KEPT_AS) ?? '{}') ?? {}) as Record<string, Draft>;
  } catch {
    return {};
  }
}

/** Reads the others anew: after a sign-out nothing of them may be written back. */
function keepOne(customerId: string, draft: Draft | null): void {
  const others = Object.entries(readKept()).filter(([id]) => id !== customerId);
  const entries = draft === null ? others : [...others, [customerId, draft] as const];
  if (entries.length === 0) forgetDrafts();
  else tabStorage.setItem(KEPT_AS, JSON.stringify(Object.fromEntries(entries)));
}

export const forgetDrafts = (): void => tabStorage.removeItem(KEPT_AS);

/** 128 random bits. `crypto.randomUUID` is missing in a frame of a page without TLS. */
export function newDraftId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const DraftsContext = createContext<Drafts | null>(null);

export function useDrafts(): Drafts {
  const drafts = useContext(DraftsContext);
  if (drafts === null) throw new Error('useDrafts: expected a DraftsContext around it, found none.');
  return drafts;
}
