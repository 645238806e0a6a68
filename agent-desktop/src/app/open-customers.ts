import type { OpenQuestion } from '../model/open-question.ts';

/** A customer who is open in a tab. */
export interface OpenTab {
  readonly key: string;
  readonly question: OpenQuestion;
  readonly openedAt: Date;
  /** Null until the gateway has answered. */
  readonly id: string | null;
  readonly name: string | null;
  /** There is nobody to show: nobody has the identifier, or they could not be read. By the next call that may be otherwise. */
  readonly isNobody: boolean;
  /** A note is being written there. */
  readonly hasDraft: boolean;
  /** The number of the act that showed it last. */
  readonly lookedAt: number;
}

export interface OpenTabs {
  readonly tabs: readonly OpenTab[];
  /** The key of the tab that is shown; null: nobody, so that the find box is. */
  readonly shown: string | null;
  /** How many acts there were, which makes the keys. */
  readonly count: number;
  /** The tab that was closed to make room for a call, by the last act; null for none. */
  readonly madeRoom: OpenTab | null;
  /** Whom the last act named in vain, since there is no room: of all others a note is being written. */
  readonly refused: OpenQuestion | null;
}

export const NO_TABS: OpenTabs = { tabs: [], shown: null, count: 0, madeRoom: null, refused: null };

/** Alt 1 to 9. */
export const MOST_TABS = 9;

export type TabAct =
  | {
      readonly kind: 'open';
      readonly question: OpenQuestion;
      readonly now: Date;
      readonly isBeside?: boolean;
      /** Somebody rings: another customer is closed for them where there is no room. */
      readonly isCall?: boolean;
    }
  | { readonly kind: 'show'; readonly key: string }
  | { readonly kind: 'close'; readonly key: string }
  | ({ readonly kind: 'known'; readonly key: string } & Pick<OpenTab, 'id' | 'name' | 'isNobody' | 'hasDraft'>);

/** What an act makes of the open customers. A customer is never open twice. */
export function afterAct(before: OpenTabs, act: TabAct): OpenTabs {
  if (act.kind === 'open') return opened({ ...before, madeRoom: null, refused: null }, act);
  if (act.kind === 'show') return before.tabs.some(({ key }) => key === act.key) ? shownTab(before, act.key) : before;
  if (act.kind === 'close') return closed(before, act.key);
  return known(before, act);
}

function opened(before: OpenTabs, act: TabAct & { kind: 'open' }): OpenTabs {
  const { question, now, isBeside, isCall } = act;
  const same = before.tabs.find((tab) => isSame(tab, question));
  // Asked anew: the same number may have become somebody's since it rang last.
  if (same?.isNobody && !isBeside) return opened(closed(before, same.key), act);
  if (same !== undefined) return isBeside ? before : shownTab(before, same.key);
  if (before.tabs.length >= MOST_TABS) {
    const leaves = isCall ? leastLookedAt(before) : undefined;
    if (leaves === undefined) return { ...before, refused: question };
    return { ...opened(closed(before, leaves.key), act), madeRoom: leaves };
  }
  const count = before.count + 1;
  const id = 'id' in question ? question.id : null;
  const key = `customer-${count}`;
  const tab: OpenTab = { key, question, openedAt: now, id, name: null, isNobody: false, hasDraft: false, lookedAt: count };
  return { ...before, tabs: [...before.tabs, tab], shown: isBeside && before.shown !== null ? before.shown : key, count };
}

/** Whom a call closes: nobody of whom something is being written, and not who is on the screen. */
function leastLookedAt({ tabs, shown }: OpenTabs): OpenTab | undefined {
  const others = tabs.filter(({ key, hasDraft }) => key !== shown && !hasDraft);
  return others.toSorted((a, b) => a.lookedAt - b.lookedAt)[0];
}

function shownTab(before: OpenTabs, key: string): OpenTabs {
  const count = before.count + 1;
  return { ...before, shown: key, count, tabs: before.tabs.map((tab) => (tab.key === key ? { ...tab, lookedAt: count } : tab)) };
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

/**
 * Two questions may have turned out to be one customer, or two customers became one: the tab that was there first stays, unless a note
 * is being written only in the other one.
 */
function known(before: OpenTabs, { kind: _, key, ...now }: TabAct & { kind: 'known' }): OpenTabs {
  const tabs = before.tabs.map((tab) => (tab.key === key ? { ...tab, ...now } : tab));
  const twin = now.id === null ? undefined : before.tabs.find((tab) => tab.key !== key && tab.id === now.id);
  if (twin === undefined) return { ...before, tabs };
  const [stays, leaves] = now.hasDraft && !twin.hasDraft ? [key, twin.key] : [twin.key, key];
  return { ...before, tabs: tabs.filter((tab) => tab.key !== leaves), shown: before.shown === leaves ? stays : before.shown };
}
