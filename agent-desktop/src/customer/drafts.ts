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

/** Notes that are not saved, by customer: they outlive the page, which is left for a new sign-in, but not the browser's tab. */
export interface Drafts {
  readonly read: (customerId: string) => Draft | null;
  /** @param draft null once it is saved, or empty again. */
  readonly keep: (customerId: string, draft: Draft | null) => void;
}

const KEPT_AS = 'agent-desktop.drafts';

function readAll(): Readonly<Record<string, Draft>> {
  try {
    return (JSON.parse(tabStorage.getItem(KEPT_AS) ?? '{}') ?? {}) as Record<string, Draft>;
  } catch {
    return {};
  }
}

function write(drafts: Iterable<readonly [string, Draft]>): void {
  const entries = [...drafts];
  if (entries.length === 0) forgetDrafts();
  else tabStorage.setItem(KEPT_AS, JSON.stringify(Object.fromEntries(entries)));
}

export const keptDrafts: Drafts = {
  read: (customerId) => (Object.hasOwn(readAll(), customerId) ? (readAll()[customerId] ?? null) : null),
  keep: (customerId, draft) => {
    const others = Object.entries(readAll()).filter(([id]) => id !== customerId);
    write(draft === null ? others : [...others, [customerId, draft]]);
  },
};

/** Keeps drafts of these customers alone: of one who is closed, or was erased, nothing stays. */
export function forgetDraftsBut(customerIds: readonly string[]): void {
  write(Object.entries(readAll()).filter(([id]) => customerIds.includes(id)));
}

export const forgetDrafts = (): void => tabStorage.removeItem(KEPT_AS);

/** Null where nothing may be kept: in a frame, and for an agent whose token does not say who they are. */
export const DraftsContext = createContext<Drafts | null>(null);

export const useDrafts = (): Drafts | null => useContext(DraftsContext);
