import type { Session } from '../connection/session.ts';
import { forgetDrafts } from '../customer/drafts.ts';
import { forgetRecent } from '../find/recent.ts';
import { tabStorage } from '../model/page-storage.ts';
import { afterAct, MOST_TABS, NO_TABS, type OpenTab, type OpenTabs } from './open-customers.ts';

const KEPT_AS = 'agent-desktop.open';

/** Whom an agent has open: ids only, so that no name and no identifier is kept. Gone with the tab of the browser. Drafts go with them. */
interface Kept {
  /** The agent who has them open. */
  readonly agent: string;
  readonly ids: readonly string[];
  /** Which of them is shown. */
  readonly shown: string | null;
}

function readKept(): Kept | null {
  try {
    const kept = JSON.parse(tabStorage.getItem(KEPT_AS) ?? 'null') as Partial<Kept> | null;
    if (typeof kept?.agent !== 'string' || !Array.isArray(kept.ids)) return null;
    const ids = kept.ids.filter((id) => typeof id === 'string').slice(0, MOST_TABS);
    return { agent: kept.agent, ids, shown: kept.shown ?? null };
  } catch {
    return null;
  }
}

/** Called with each set of open customers. One of whom only an identifier is known is not kept. */
export function keepOpen(agent: string, open: OpenTabs): void {
  const shown = open.tabs.find(({ key }) => key === open.shown);
  write({ agent, ids: openIds(open), shown: shown === undefined ? null : idOf(shown) });
}

/** The customers who are open, as far as an id is known. */
export const openIds = ({ tabs }: OpenTabs): string[] => tabs.map(idOf).filter((id) => id !== null);

/** Before the gateway has answered, and when it does not, the id by which the customer was opened. */
const idOf = ({ id, question }: OpenTab): string | null => id ?? ('id' in question ? question.id : null);

const write = (kept: Kept): void => tabStorage.setItem(KEPT_AS, JSON.stringify(kept));

/** Whom this agent had open before the page was loaded again. */
export function keptOpen(agent: string): OpenTabs {
  const kept = readKept();
  if (kept === null || kept.agent !== agent) return NO_TABS;
  const now = new Date();
  const opened = kept.ids.reduce((tabs, id) => afterAct(tabs, { kind: 'open', question: { id }, now }), NO_TABS);
  const shown = opened.tabs.find(({ id }) => id === kept.shown);
  return shown === undefined ? opened : { ...opened, shown: shown.key };
}

/** An agent is there: whom another one had open, or looked at, is not for them. */
export function forgetOthers(agent: string): void {
  // Agents whose tokens do not say who they are cannot be known again.
  if (agent !== '' && readKept()?.agent === agent) return;
  forgetCustomers();
  write({ agent, ids: [], shown: null });
}

/** The agent signs out, and leaves nothing for the next one. */
export function leaveDesk(session: Pick<Session, 'leave'>): void {
  forgetCustomers();
  session.leave();
}

function forgetCustomers(): void {
  tabStorage.removeItem(KEPT_AS);
  forgetDrafts();
  forgetRecent();
}
