import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { type ListValue, useCustomerPage, useOpenCustomer } from '../customer/open-customer.tsx';
import { Bars } from '../pieces/bars.tsx';
import { Boundary } from '../pieces/boundary.tsx';
import { Icon } from '../pieces/icon.tsx';
import { useShortcut } from '../pieces/shortcuts.tsx';
import { useText } from '../text/text.tsx';
import { type LoadedJourney, JourneyPage as Page } from './journey-page.tsx';
import { ListPage } from './list-page.tsx';
import { LiveMark } from './offline.tsx';
import { Sparkline } from './sparkline.tsx';
import './journey.css';
/** A page of the centre column that another folder fills. */
export interface JourneyPage {
  readonly id: string;
  readonly title: string;
  readonly content: ReactNode;
}

const GraphPage = lazy(() => import('../identity/graph-page.tsx'));

/** The centre column. In a narrow window `pages` holds the other columns, as tabs after the journey's own. */
export function Journey({ pages }: { readonly pages: readonly JourneyPage[] }) {
  const { t } = useText();
  const { lists } = useOpenCustomer();
  const { page: shown, show } = useCustomerPage();
  const [loaded, setLoaded] = useState<LoadedJourney | null>(null);
  useShortcut({ key: 'g', label: t('Identity graph'), run: () => show(shown === 'identity' ? 'journey' : 'identity') });
  const tabs = [
    { id: 'journey', title: t('Journey'), note: loaded && <Count count={loaded.count} isWhole={loaded.isWhole} /> },
    ...pages.map(({ id, title }) => ({ id, title, note: null })),
    ...lists.map((value) => ({ id: value.list.path, title: value.list.label, note: <ListNote value={value} /> })),
    { id: 'identity', title: t('Identity'), note: null },
  ];
  const list = lists.find((value) => shown === value.list.path);
  const page = pages.find(({ id }) => shown === id);
  // A list or page that is not there any more, since the window has grown: back to the journey.
  const current = list !== undefined || page !== undefined || shown === 'identity' ? shown : 'journey';
  const head = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page has another tab, which a narrow window may not show
  useEffect(() => {
    head.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  return (
    <>
      <nav className="journey-head" aria-label={t('Pages of this customer')}>
        <div className="journey-tabs" ref={head}>
          {tabs.map(({ id, title, note }) => (
            <button
              key={id}
              type="button"
              className="journey-tab"
              aria-current={id === current ? 'page' : undefined}
              onClick={() => show(id)}
            >
              {title} {note}
            </button>
          ))}
        </div>
        {loaded?.days?.some((count) => count > 0) && <Sparkline days={loaded.days} />}
        <LiveMark />
      </nav>
      {/* Hidden, not gone: it stays live, and where it was. */}
      <div className="journey-page" hidden={current !== 'journey'}>
        <Page onLoaded={setLoaded} />
      </div>
      {list && (
        <div className="journey-page journey-scroll">
          <ListPage key={list.list.path} value={list} />
        </div>
      )}
      {page && <div className="journey-page">{page.content}</div>}
      {/* In a wide window it stands in place of all columns, and this one waits behind it. */}
      {current === 'identity' && pages.length > 0 && (
        <div className="journey-page">
          <Boundary>
            <Suspense fallback={<Bars count={4} />}>
              <GraphPage />
            </Suspense>
          </Boundary>
        </div>
      )}
    </>
  );
}

/** How many are loaded. More than these are said as such: a number that is too small would be believed. */
function Count({ count, isWhole }: { readonly count: number; readonly isWhole: boolean }) {
  const { formatNumber } = useText();
  return <span className="journey-count">{isWhole ? formatNumber(count) : `${formatNumber(count)}+`}</span>;
}

function ListNote({ value }: { readonly value: ListValue }) {
  const { t } = useText();
  if (value.state === 'loading') return null;
  if (value.state === 'failed') {
    return (
      <span className="journey-failed">
        <Icon name="alert" size="small" />
        <span className="only-read">{t('could not be read')}</span>
      </span>
    );
  }
  if (value.state === 'locked') {
    return (
      <>
        <Icon name="lock" size="small" />
        <span className="only-read">{t('locked')}</span>
      </>
    );
  }
  return <Count count={value.entries.length} isWhole={value.next === null} />;
}
