import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useLayout, useSentenceOf } from '../connection/connection.tsx';
import { classOfType } from '../customer/identifier-icon.ts';
import { useCustomerPage, useOpenCustomer } from '../customer/open-customer.tsx';
import { useAnnounce } from '../pieces/announce.tsx';
import { Bars } from '../pieces/bars.tsx';
import { Button } from '../pieces/button.tsx';
import { Kbd } from '../pieces/kbd.tsx';
import { Notice } from '../pieces/notice.tsx';
import { useShortcut } from '../pieces/shortcuts.tsx';
import { useText } from '../text/text.tsx';
import { EventList } from './graph/event-list.tsx';
import { LifeTable } from './graph/life-table.tsx';
import { Picture } from './graph/picture.tsx';
import { Strip } from './graph/strip.tsx';
import { useHistory } from './graph/use-history.ts';
import { wordsOf } from './history/event-words.ts';
import { type ClassOf, type History, lives } from './history/lives.ts';
import { useIdentitySheet } from './identity-sheets.tsx';
import './graph-page.css';

/** Milliseconds that each event is shown for while it plays. */
const STEP = 1_400;

/** The identity graph of the open customer: one moment as a picture, all moments as a strip, what happened as a list. */
export default function GraphPage() {
  const { t, formatDay, formatTime } = useText();
  const layout = useLayout();
  const customer = useOpenCustomer();
  const { show } = useCustomerPage();
  const { open } = useIdentitySheet();
  const { history, hasOlder, isReading, error, readOlder, retry } = useHistory();
  const sentenceOf = useSentenceOf();
  const announce = useAnnounce();
  const classOf = useCallback<ClassOf>((type) => classOfType(type, layout.identifiers), [layout]);
  const rows = useMemo(() => (history === null ? [] : lives(history, classOf)), [history, classOf]);
  const count = history?.events.length ?? 0;
  const { chosen, choose, walk, isPlaying, play } = useWalk(history?.events ?? NOTHING);
  const event = history?.events[chosen];

  const walkBy = useCallback(
    (by: 1 | -1) => {
      const next = history?.events[walk(by)];
      if (next) announce(`${wordsOf(next, classOf, t).title}, ${formatDay(next.recordedAt)}, ${formatTime(next.recordedAt)}`);
      if (by > 0 && chosen >= count - 2 && hasOlder) readOlder();
    },
    [history, walk, announce, classOf, t, formatDay, formatTime, chosen, count, hasOlder, readOlder],
  );
  const back = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // What had the focus went away with the customer's page.
    if (document.activeElement === document.body) back.current?.focus();
  }, []);
  useShortcut({ key: 'ArrowLeft', label: t('Identity: one event back'), run: () => walkBy(1), isOn: chosen < count - 1 });
  useShortcut({ key: 'ArrowRight', label: t('Identity: one event on'), run: () => walkBy(-1), isOn: chosen > 0 });
  useShortcut({ key: 'g', label: t('Identity: back to the customer'), run: () => show('journey') });
  useShortcut({ key: 'Escape', label: t('Identity: back to the customer'), run: () => show('journey') });

  return (
    <div className="identity-page">
      <div className="identity-grid">
        <div className="identity-main">
          <header className="identity-head-bar">
            <Button ref={back} kind="quiet" size="small" icon="back" label={t('Back to the customer')} onPress={() => show('journey')} />
            <h1 className="cut">{t('Identity of {name}', { name: customer.name ?? t('this customer') })}</h1>
            <span className="muted identity-subtitle cut">{t('Why these identifiers are one customer')}</span>
            <span className="identity-end">
              <Button size="small" icon="link" onPress={() => open({ kind: 'link' })}>
                {t('Link')}
              </Button>
              <Button size="small" icon="split" onPress={() => open({ kind: 'split', identifiers: [] })}>
                {t('Split')}
              </Button>
              {customer.id !== null && (
                <Button size="small" icon="merge" onPress={() => open({ kind: 'merge', ids: [customer.id as string] })}>
                  {t('Merge')}
                </Button>
              )}
            </span>
          </header>
          {history === null ? (
            <div className="identity-picture">
              <div className="identity-scene">
                {' '}
                {error !== null ? (
                  <Notice
                    acts={
                      <Button kind="fail" size="small" icon="retry" onPress={retry}>
                        {t('Try again')}
                      </Button>
                    }
                  >
                    {sentenceOf(error)}
                  </Notice>
                ) : (
                  <Bars count={5} />
                )}
              </div>{' '}
            </div>
          ) : (
            <Picture
              history={history}
              chosen={chosen}
              classOf={classOf}
              name={customer.name}
              assurance={customer.assurance}
              onChoose={choose}
            />
          )}
          <section className="identity-strip" aria-label={t('Through time')}>
            <header className="identity-strip-head">
              <Button size="small" icon="back" label={t('One event back')} isDisabled={chosen >= count - 1} onPress={() => walkBy(1)} />
              <Button size="small" icon="chevron" label={t('One event on')} isDisabled={chosen <= 0} onPress={() => walkBy(-1)} />
              <Button kind="quiet" size="small" icon={isPlaying ? 'minus' : 'play'} isDisabled={count < 2} onPress={play}>
                {isPlaying ? t('Stop') : t('Play')}
              </Button>
              {event && (
                <>
                  <b>
                    {formatDay(event.recordedAt)}, {formatTime(event.recordedAt)}
                  </b>
                  <span>{t('event {number} of {count}', { number: count - chosen, count })}</span>
                </>
              )}
              <span className="identity-end" aria-hidden="true">
                <Kbd keys="ArrowLeft" />
                <Kbd keys="ArrowRight" />
                {t('walk')}
              </span>
            </header>
            {history !== null && (
              <>
                <Strip history={history} rows={rows} chosen={chosen} hasOlder={hasOlder} onChoose={choose} />
                <LifeTable history={history} rows={rows} />
              </>
            )}
          </section>
        </div>
        {history !== null && (
          <EventList
            history={history}
            chosen={chosen}
            classOf={classOf}
            hasOlder={hasOlder}
            isReading={isReading}
            onChoose={choose}
            onOlder={readOlder}
            error={error}
            onRetry={retry}
          />
        )}
      </div>
    </div>
  );
}

const NOTHING: History['events'] = [];

/**
 * The chosen event, counted from the newest. It is known by its id, so that it stays the same one when newer events come in or older
 * ones are read; the newest, until the agent has chosen another.
 */
function useWalk(events: History['events']) {
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [isPlaying, setIsPlaying] = useState(false);
  const chosen = Math.max(
    0,
    events.findIndex(({ id }) => id === chosenId),
  );
  const last = Math.max(0, events.length - 1);
  const show = useCallback((index: number) => setChosenId(index === 0 ? null : (events[index]?.id ?? null)), [events]);
  const choose = useCallback(
    (index: number) => {
      setIsPlaying(false);
      show(index);
    },
    [show],
  );
  const walk = useCallback(
    (by: 1 | -1) => {
      const next = Math.min(Math.max(0, chosen + by), last);
      choose(next);
      return next;
    },
    [chosen, last, choose],
  );
  useEffect(() => {
    if (!isPlaying) return;
    if (chosen === 0) return setIsPlaying(false);
    const timer = setTimeout(() => show(chosen - 1), STEP);
    return () => clearTimeout(timer);
  }, [isPlaying, chosen, show]);
  const play = () => {
    if (!isPlaying && chosen === 0) show(last);
    setIsPlaying(!isPlaying);
  };
  return { chosen, choose, walk, isPlaying, play };
}
