import { useEffect, useState } from 'react';
import { useRunDocument, useSentenceOf } from '../connection/connection.tsx';
import { NotAsked } from '../customer/not-asked.tsx';
import { type Entry, type ListValue, useOpenCustomer } from '../customer/open-customer.tsx';
import { Bars } from '../pieces/bars.tsx';
import { Button } from '../pieces/button.tsx';
import { Icon } from '../pieces/icon.tsx';
import { Notice } from '../pieces/notice.tsx';
import { useText } from '../text/text.tsx';
import { ListTable } from './list-table.tsx';
import { useOrigin } from './origin.ts';
import { type ListPageAnswer, pageOf } from './page-of-list.ts';
import './list-page.css';

/** Entries of a page of a list, and of those after it. */
const PAGE = 50;

/** One list of the customer, such as orders: a table that grows by pages. */
export function ListPage({ value }: { readonly value: ListValue }) {
  const { t } = useText();
  if (value.state === 'loading') return <Bars count={4} />;
  if (value.state === 'locked') return <Locked />;
  if (value.state === 'failed') return <Failed value={value} />;
  if (value.entries.length === 0) return <p className="journey-none">{t('None')}</p>;
  return <Entries value={value} />;
}

function Entries({ value }: { readonly value: ListValue }) {
  const { id, layout } = useOpenCustomer();
  const { t } = useText();
  const origin = useOrigin()(value);
  const run = useRunDocument();
  const sentenceOf = useSentenceOf();
  const [further, setFurther] = useState<ListPageAnswer>({ entries: [], next: value.next });
  const [state, setState] = useState<'idle' | 'reading' | { readonly error: unknown }>('idle');
  // The first page was read again and ends elsewhere: what came after the old one does not fit it.
  useEffect(() => setFurther({ entries: [], next: value.next }), [value.next]);
  const document = layout.documents.byList[value.list.path];
  const readMore = async () => {
    if (document === undefined || state === 'reading') return;
    setState('reading');
    try {
      const page = pageOf(await run(document, { id, first: PAGE, after: further.next }), value.list);
      // Where the list was read again meanwhile, this page does not follow it.
      setFurther((now) => (now.next === further.next ? { entries: [...now.entries, ...page.entries], next: page.next } : now));
      setState('idle');
    } catch (error) {
      setState({ error });
    }
  };
  const entries: readonly Entry[] = [...value.entries, ...further.entries];
  return (
    <div className="journey-list-page">
      <ListTable list={value.list} entries={entries} />
      {typeof state === 'object' && <Notice>{sentenceOf(state.error)}</Notice>}
      <p className="journey-list-foot">
        <span>
          {further.next === null
            ? t('{count, plural, one {# entry} other {# entries}}', { count: entries.length })
            : t('{count} loaded', { count: entries.length })}
          {origin !== null && ` · ${origin}`}
          {value.stale && ` · ${t('stale')}`}
        </span>
        {further.next !== null && document !== undefined && (
          <Button size="small" isPending={state === 'reading'} onPress={() => void readMore()}>
            {t('Show more')}
          </Button>
        )}
      </p>
    </div>
  );
}

function Locked() {
  const { t } = useText();
  return (
    <p className="journey-none">
      <Icon name="lock" /> {t('This opens once you confirm who is calling.')}
    </p>
  );
}

/** A source that failed is asked again alone. */
function Failed({ value }: { readonly value: ListValue }) {
  const { refresh, asking } = useOpenCustomer();
  const { t } = useText();
  const source = value.source ?? value.list.sources[0];
  return (
    <Notice
      acts={
        <Button
          kind="fail"
          size="small"
          icon="retry"
          isPending={source !== undefined && asking.has(source)}
          onPress={() => void refresh(source)}
        >
          {source === undefined ? t('Try again') : t('Ask {source} again', { source })}
        </Button>
      }
    >
      {source === undefined
        ? t('{label} could not be read. Everything else is complete.', { label: value.list.label })
        : t('{label} could not be read: {source} did not answer. Everything else is complete.', { label: value.list.label, source })}
      {source !== undefined && <NotAsked source={source} retryAt={value.retryAt} />}
    </Notice>
  );
}
