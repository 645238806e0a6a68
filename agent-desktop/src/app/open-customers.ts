import type { OpenQuestion } from '../model/open-question.ts';

/** A customer who is open in a tab. */
export interface OpenTab {
  readonly key: string;
  readonly question: OpenQuestion;
  readonly openedAt: Date;
  /** Null until the gateway has answered. */
  readonly id: string | null;
  readonly name: string | null;
}

export interface OpenTabs {
  readonly tabs: readonly OpenTab[];
  /** The key of the tab that is shown; null: nobody, so that the find box is. */
  readonly shown: string | null;
  /** How many were ever opened, which makes the keys. */
  readonly count: number;
}

export const NO_TABS: OpenTabs = { tabs: [], shown: null, count: 0 };

/** Alt 1 to 9. */
export const MOST_TABS = 9;

export type TabAct =
  | { readonly kind: 'open'; readonly question: OpenQuestion; readonly now: Date; readonly isBeside?: boolean }
  | { readonly kind: 'show'; readonly key: string }
  | { readonly kind: 'close'; readonly key: string }
  | { readonly kind: 'known'; readonly key: string; readonly id: string | null; readonly name: string | null };

/** What an act makes of the open customers. A customer is never open twice. */
export function afterAct(before: OpenTabs, act: TabAct): OpenTabs {
  if (act.kind === 'open') return opened(before, act);
  if (act.kind === 'show') return before.tabs.some(({ key }) => key === act.key) ? { ...before, shown: act.key } : before;
  if (act.kind === 'close') return closed(before, act.key);
  return known(before, act);
}

function opened(before: OpenTabs, { question, now, isBeside }: TabAct & { kind: 'open' }): OpenTabs {
  const same = before.tabs.find((tab) => isSame(tab, question));
  if (same !== undefined) return isBeside ? before : { ...before, shown: same.key };
  if (before.tabs.length >= MOST_TABS) return before;
  const key = `customer-${before.count + 1}`;
  const tab: OpenTab = { key, question, openedAt: now, id: 'id' in question ? question.id : null, name: null };
  return { tabs: [...before.tabs, tab], shown: isBeside && before.shown !== null ? before.shown : key, count: before.count + 1 };
}

function isSame(tab: OpenTab, question: OpenQuestion): boolean {
  if ('id' in question) return tab.id === question.id;
  if (!('identifier' in tab.question)) return false;
  const { type, value } = tab.question.identifier;
  return type === question.identifier.type && value === question.identifier.value;
}

function closed(before: OpenTabs, key: string): OpenTabs {
  const index = before.tabs.findIndex((tab) => tab.key === key);
  if (index < 0) return before;
  const tabs = before.tabs.filter((tab) => tab.key !== key);
  const next = tabs[Math.min(index, tabs.length - 1)]?.key ?? null;
  return { ...before, tabs, shown: before.shown === key ? next : before.shown };
}

/** Two questions may have turned out to be one customer, or two customers became one: the tab that was there first stays. */
function known(before: OpenTabs, { key, id, name }: TabAct & { kind: 'known' }): OpenTabs {
  const twin = id === null ? undefined : before.tabs.find((tab) => tab.key !== key && tab.id === id);
  if (twin !== undefined) {
    const { shown } = before;
    return { ...before, tabs: before.tabs.filter((tab) => tab.key !== key), shown: shown === key ? twin.key : shown };
  }
  return { ...before, tabs: before.tabs.map((tab) => (tab.key === key ? { ...tab, id, name } : tab)) };
}
