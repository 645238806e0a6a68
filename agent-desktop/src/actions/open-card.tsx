import { useSentenceOf } from '../connection/connection.tsx';
import { NotAsked } from '../customer/not-asked.tsx';
import { useCustomerPage, useOpenCustomer } from '../customer/open-customer.tsx';
import { valueText } from '../customer/value-text.ts';
import { wordsOf } from '../customer/words.ts';
import { Button } from '../pieces/button.tsx';
import { Card } from '../pieces/card.tsx';
import { Icon } from '../pieces/icon.tsx';
import { Notice } from '../pieces/notice.tsx';
import { Tag } from '../pieces/tag.tsx';
import { useText } from '../text/text.tsx';
import type { Column, OpenEntries, OpenEntry } from './open-entries.ts';
import './open-card.css';

/** As many as are read at a glance. */
const MOST_SHOWN = 3;

/** What still has to be done of a list, such as its open tickets; or that it could not be read. */
export function OpenCard({ open }: { readonly open: OpenEntries }) {
  const { t, language } = useText();
  const { show } = useCustomerPage();
  const { list } = open.list;
  const label = language === 'en' ? list.label.toLowerCase() : list.label;
  const title = t('Open {list}', { list: label });
  if (open.list.state === 'failed') return <FailedCard open={open} title={title} />;
  if (open.entries.length === 0) return null;
  const count = open.mayBeMore ? `${open.entries.length}+` : open.entries.length;
  const all = (
    <Button kind="quiet" size="small" onPress={() => show(list.path)}>
      {t('All')}
      <Icon name="chevron" size="small" />
    </Button>
  );
  return (
    <Card title={title} count={count} end={all}>
      {open.entries.slice(0, MOST_SHOWN).map((entry) => (
        <button key={entry.key} type="button" className="actions-item" onClick={() => show(list.path)}>
          <Item entry={entry} />
        </button>
      ))}
    </Card>
  );
}

function Item({ entry }: { readonly entry: OpenEntry }) {
  const text = useText();
  return (
    <>
      <span className="actions-item-first">
        <span className="actions-item-title">{columnText(entry.title, text)}</span>
        <span className="actions-end">
          <Tag kind="attention">{wordsOf(entry.status).toLowerCase()}</Tag>
        </span>
      </span>
      <span className="actions-why">{entry.details.map((column) => columnText(column, text)).join(' · ')}</span>
    </>
  );
}

function FailedCard({ open, title }: { readonly open: OpenEntries; readonly title: string }) {
  const { t } = useText();
  const sentenceOf = useSentenceOf();
  const { asking, refresh } = useOpenCustomer();
  const { code, list } = open.list;
  const source = open.list.source ?? list.sources[0];
  const retry = (
    <Button
      kind="fail"
      size="small"
      icon="retry"
      isPending={source !== undefined && asking.has(source)}
      onPress={() => void refresh(source)}
    >
      {t('Try again')}
    </Button>
  );
  const tag = (
    <Tag kind="failed">
      <Icon name="alert" size="small" />
      {t('not available')}
    </Tag>
  );
  return (
    <Card title={title} end={tag}>
      <div className="actions-notice">
        <Notice acts={retry}>
          <b className="strong">
            {source === undefined ? sentenceOf({ extensions: { code } }) : t('{source} does not answer.', { source })}
          </b>{' '}
          {t('There may be something open that you do not see.')}
          {source !== undefined && <NotAsked source={source} retryAt={open.list.retryAt} />}
        </Notice>
      </div>
    </Card>
  );
}

/** A time as a day, since nobody needs the minute here; everything else as everywhere. */
function columnText({ fact, value }: Column, text: ReturnType<typeof useText>): string {
  const isTime = (fact.kind === 'time' || fact.kind === 'date') && typeof value === 'string' && !Number.isNaN(Date.parse(value));
  return isTime ? (text.formatNearDay(value)?.toLowerCase() ?? text.formatDate(value)) : valueText(fact, value, text);
}
