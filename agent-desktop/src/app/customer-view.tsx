import { Activity, lazy, type ReactNode, Suspense } from 'react';
import { Actions } from '../actions/actions.tsx';
import { NextAction } from '../actions/next-action.tsx';
import { useCustomerPage, useOpenCustomer } from '../customer/open-customer.tsx';
import type { CustomerFinderProps } from '../find/customer-finder.tsx';
import { Journey } from '../journey/journey.tsx';
import { Boundary } from '../pieces/boundary.tsx';
import { type ShortcutGroup, ShortcutGroupProvider } from '../pieces/shortcuts.tsx';
import { Who } from '../profile/who.tsx';
import { WhoSummary } from '../profile/who-summary.tsx';
import { useText } from '../text/text.tsx';
import { Nobody } from './nobody.tsx';
import './customer-view.css';

const GraphPage = lazy(() => import('../identity/graph-page.tsx'));

export interface CustomerViewProps {
  readonly isNarrow: boolean;
  /** In a narrow window: what stands beside the name, as there is no bar. */
  readonly end: ReactNode;
  /** Called with another customer, whom the agent found instead of this one. */
  readonly onChoose: CustomerFinderProps['onChoose'];
}

/** One customer: who, what happened, what to do. In a narrow window the same as pages under the name. */
export function CustomerView({ isNarrow, end, onChoose }: CustomerViewProps) {
  const { t } = useText();
  const { page } = useCustomerPage();
  const { isNobody, isGone, isLoading, answers } = useOpenCustomer();
  // Whoever was shown before stays, with a sentence beside what is from before.
  if (isNobody || isGone || (!isLoading && answers === 0)) return <Nobody onChoose={onChoose} end={end} />;
  if (isNarrow) {
    const pages = [
      { id: 'facts', title: t('Facts'), content: inGroup('who', <Who />) },
      { id: 'actions', title: t('To do'), content: inGroup('actions', <Actions />) },
    ];
    return (
      <div className="app-panel">
        <WhoSummary end={end} />
        <section className="app-column app-journey" aria-label={t('What happened')}>
          {inGroup('journey', <Journey pages={pages} />)}
        </section>
        {inGroup('actions', <NextAction />)}
      </div>
    );
  }
  const isGraph = page === 'identity';
  return (
    <>
      {isGraph && (
        <Boundary>
          <Suspense>{inGroup('identity', <GraphPage />)}</Suspense>
        </Boundary>
      )}
      {/* It keeps where the reader was. */}
      <Activity mode={isGraph ? 'hidden' : 'visible'}>
        <div className="app-view">
          <section className="app-column app-who" aria-label={t('Who')}>
            {inGroup('who', <Who />)}
          </section>
          <section className="app-column app-journey" aria-label={t('What happened')}>
            {inGroup('journey', <Journey pages={[]} />)}
          </section>
          <section className="app-column app-do" aria-label={t('What to do')}>
            {inGroup('actions', <Actions />)}
          </section>
        </div>
      </Activity>
    </>
  );
}

const inGroup = (group: ShortcutGroup, part: ReactNode) => <ShortcutGroupProvider group={group}>{part}</ShortcutGroupProvider>;
