import { useEffect, useRef } from 'react';
import { useSentenceOf } from '../../connection/connection.tsx';
import type { HistoryEventFragment } from '../../generated/graphql.ts';
import { Button } from '../../pieces/button.tsx';
import { Icon } from '../../pieces/icon.tsx';
import { Notice } from '../../pieces/notice.tsx';
import { useText } from '../../text/text.tsx';
import { typeInSentence } from '../../text/type-name.ts';
import { wordsOf } from '../history/event-words.ts';
import { joinedBy } from '../history/joined-by.ts';
import { isErased, keyOf } from '../history/key.ts';
import type { ClassOf, History } from '../history/lives.ts';
import { sayOrigin } from '../history/origin-words.ts';
import { sayWhen, shortened } from '../history/spoken.ts';
import { useIdentitySheet } from '../identity-sheets.tsx';
import './event-list.css';

export interface EventListProps {
  readonly history: History;
  readonly chosen: number;
  readonly classOf: ClassOf;
  readonly hasOlder: boolean;
  readonly isReading: boolean;
  readonly onChoose: (index: number) => void;
  readonly onOlder: () => void;
  /** Why the last reading failed, and what reads it again; what was read before is shown. */
  readonly error: unknown;
  readonly onRetry: () => void;
}

/** What happened, newest first; the chosen one is open, with what decided and what it was about. */
export function EventList({ history, chosen, classOf, hasOlder, isReading, onChoose, onOlder, error, onRetry }: EventListProps) {
  const { t } = useText();
  const sentenceOf = useSentenceOf();
  const { events } = history;
  return (
    <div className="identity-events">
      <header className="identity-events-head">
        <h2>{t('What happened')}</h2>
        <span className="muted">
          {hasOlder
            ? t('the last {count} events', { count: events.length })
            : t('{count, plural, one {# event} other {# events}}', { count: events.length })}
        </span>
      </header>
      <ol>
        {events.map((event, index) => (
          <EventItem
            key={event.id}
            event={event}
            history={history}
            isOpen={index === chosen}
            classOf={classOf}
            onChoose={() => onChoose(index)}
          />
        ))}
      </ol>
      {error !== null && (
        <Notice
          acts={
            <Button kind="fail" size="small" icon="retry" isPending={isReading} onPress={onRetry}>
              {t('Try again')}
            </Button>
          }
        >
          {sentenceOf(error)}
        </Notice>
      )}
      {hasOlder && error === null && (
        <Button kind="quiet" isPending={isReading} onPress={onOlder} className="identity-older">
          {t('Show older events')}
        </Button>
      )}
      {events.length === 0 && <p className="muted identity-nothing">{t('Nothing has changed the identifiers of this customer.')}</p>}
    </div>
  );
}

interface EventItemProps {
  readonly event: HistoryEventFragment;
  readonly history: History;
  readonly isOpen: boolean;
  readonly classOf: ClassOf;
  readonly onChoose: () => void;
}

function EventItem({ event, history, isOpen, classOf, onChoose }: EventItemProps) {
  const formats = useText();
  const { t } = formats;
  const ref = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isOpen && ref.current !== null) bringIntoView(ref.current);
  }, [isOpen]);
  const { icon, title, sentence } = wordsOf(event, classOf, t, joinedBy(history, event));
  return (
    <li ref={ref} className={`identity-event ${isOpen ? 'identity-open' : ''}`}>
      <button type="button" aria-expanded={isOpen} onClick={onChoose}>
        <Icon name={icon} />
        <span className="identity-event-first">
          <span>{title}</span>
          <time dateTime={event.recordedAt}>{sayWhen(event.recordedAt, formats)}</time>
        </span>
        <span className="identity-event-sentence">{sentence}</span>
      </button>
      {isOpen && <EventDetails event={event} history={history} classOf={classOf} />}
    </li>
  );
}

/** Scrolls the list alone: in a narrow window the page would lose the picture. */
function bringIntoView(item: HTMLElement): void {
  const list = item.closest<HTMLElement>('.identity-events');
  if (list === null || list.scrollHeight <= list.clientHeight) return;
  const [{ top, bottom }, frame] = [item.getBoundingClientRect(), list.getBoundingClientRect()];
  if (top < frame.top) list.scrollTop -= frame.top - top;
  else if (bottom > frame.bottom) list.scrollTop += Math.min(bottom - frame.bottom, top - frame.top);
}

/** Milliseconds by which evidence may be older than its record without being worth a word. */
const SAME_TIME = 60_000;

function EventDetails({ event, history, classOf }: Pick<EventItemProps, 'event' | 'history' | 'classOf'>) {
  const formats = useText();
  const { t } = formats;
  const { open } = useIdentitySheet();
  const { rule } = wordsOf(event, classOf, t);
  const list = (identifiers: readonly { type: string; value: string }[]) =>
    identifiers.length === 0
      ? t('nothing')
      : identifiers.map((each) => (
          <span key={keyOf(each)} className="identity-named">
            {typeInSentence(each.type, t)} <span className="code">{isErased(each) ? t('erased') : shortened(each.value, 24)}</span>
          </span>
        ));
  const [now] = history.moments;
  const theirs = event.linked.filter((each) => now?.get(keyOf(each)) === history.id).map(({ type, value }) => ({ type, value }));
  const isLate = Date.parse(event.recordedAt) - Date.parse(event.occurredAt) > SAME_TIME;
  return (
    <div className="identity-event-open">
      <dl>
        <dt>{t('Rule')}</dt>
        <dd>{rule}</dd>
        <dt>{t('Evidence')}</dt>
        <dd>
          {event.evidence.length > 0 && list(event.evidence)} <span className="muted">{sayOrigin(event.source, t)}</span>
        </dd>
        {isLate && (
          <>
            <dt>{t('Seen')}</dt>
            <dd>{sayWhen(event.occurredAt, formats)}</dd>
          </>
        )}
        {/* A confirmation changes nothing of the graph. */}
        {event.rule !== 'CONFIRM' && (
          <>
            <dt>{t('Linked')}</dt>
            <dd>{list(event.linked)}</dd>
            <dt>{t('Cut')}</dt>
            <dd>{list(event.cut)}</dd>
          </>
        )}
        {event.leftOut.length > 0 && (
          <>
            <dt>{t('Left out')}</dt>
            <dd>{event.leftOut.map((type) => typeInSentence(type, t)).join(', ')}</dd>
          </>
        )}
        {event.merged.length > 0 && (
          <>
            <dt>{t('Joined')}</dt>
            <dd>{t('{count, plural, one {# customer} other {# customers}}', { count: event.merged.length })}</dd>
          </>
        )}
        {event.actor !== null && (
          <>
            <dt>{t('By')}</dt>
            <dd>{event.actor}</dd>
          </>
        )}
        <dt>{t('Why')}</dt>
        {/* Where it was read stands above, in words. */}
        <dd lang="en">{event.explanation.replace(/ \[[^\]]*\]/g, '')}</dd>
      </dl>
      {theirs.length > 0 && (
        <div className="identity-event-acts">
          <Button size="small" icon="cut" onPress={() => open({ kind: 'unlink', identifiers: theirs })}>
            {t('Unlink, with preview')}
          </Button>
          {event.merged.length > 0 && (
            <Button size="small" icon="split" onPress={() => open({ kind: 'split', identifiers: theirs })}>
              {t('Split, with preview')}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
