import { Activity, useCallback, useEffect, useReducer, useRef } from 'react';
import { useLayout } from '../connection/connection.tsx';
import { OpenCustomerProvider, useOpenCustomer } from '../customer/open-customer.tsx';
import { IdentitySheets } from '../identity/identity-sheets.tsx';
import type { OpenQuestion } from '../model/open-question.ts';
import { useIsNarrow } from '../pieces/narrow.ts';
import { takeQuestion } from './address.ts';
import { Bar } from './bar.tsx';
import { CustomerView } from './customer-view.tsx';
import { afterAct, NO_TABS, type OpenTab, type TabAct } from './open-customers.ts';

export interface DeskProps {
  readonly question: OpenQuestion | null;
  readonly isEmbedded: boolean;
}

/** The desk of an agent who is signed in: the bar, and the open customers. */
export function Desk({ question }: DeskProps) {
  const layout = useLayout();
  const ref = useRef<HTMLDivElement>(null);
  const isNarrow = useIsNarrow(ref);
  const [open, act] = useReducer(afterAct, question, (first) =>
    first === null ? NO_TABS : afterAct(NO_TABS, { kind: 'open', question: first, now: new Date() }),
  );
  useEffect(() => {
    const onHashChange = () => {
      const next = takeQuestion();
      if (next !== null) act({ kind: 'open', question: next, now: new Date() });
    };
    window.addEventListener('hashchange', onHashChange);
    return () => window.removeEventListener('hashchange', onHashChange);
  }, []);
  return (
    <div className="app-desk" ref={ref}>
      <Bar open={open} act={act} />
      <main className="app-main">
        {open.tabs.map((tab) => (
          <OpenCustomerProvider key={tab.key} question={tab.question} layout={layout}>
            <TabReporter tab={tab} act={act} />
            <Activity mode={tab.key === open.shown ? 'visible' : 'hidden'}>
              <IdentitySheets>
                <CustomerView isNarrow={isNarrow} end={null} />
              </IdentitySheets>
            </Activity>
          </OpenCustomerProvider>
        ))}
      </main>
    </div>
  );
}

/** Tells the tab who its customer is. */
function TabReporter({ tab, act }: { tab: OpenTab; act: (act: TabAct) => void }) {
  const { id, name } = useOpenCustomer();
  const report = useCallback(() => act({ kind: 'known', key: tab.key, id, name }), [act, tab.key, id, name]);
  useEffect(report, [report]);
  return null;
}
