import { memo } from 'react';
import { Icon } from '../pieces/icon.tsx';
import { Tag } from '../pieces/tag.tsx';
import { useText } from '../text/text.tsx';
import { useAmount } from './amount.ts';
import { BurstPages, BurstTicks } from './burst.tsx';
import { innerEntries, type NamedEntry } from './entries.ts';
import { EventDetails } from './event-details.tsx';
import type { JourneyChannel, JourneyItem } from './interaction.ts';
import type { EventRow } from './journey-rows.ts';
import { kindOf, textOf } from './kinds.ts';
import { burstDetail, burstTitle, sentenceOf } from './sentences.ts';
import { Track } from './track.tsx';
import { useOfferTitle } from './use-offer-title.ts';
import './event-row.css';

export interface EventProps {
  readonly row: EventRow;
  readonly tracks: readonly JourneyChannel[];
  readonly isOpen: boolean;
  /** The loaded entry that the interaction names. */
  readonly named: NamedEntry | null;
  readonly onToggle: (row: EventRow) => void;
}

/** One row of the journey: time, tracks, what happened, what it came to; below it, when it is open, what is known of it. */
export const Event = memo(function Event({ row, tracks, isOpen, named, onToggle }: EventProps) {
  const { t, formatTime } = useText();
  const [item] = row.items;
  const isBurst = row.kind === 'burst';
  const said = useSaid(row, named);
  return (
    <>
      <time className="journey-time" dateTime={new Date(item.at).toISOString()}>
        {formatTime(new Date(item.at))}
      </time>
      <Track
        tracks={tracks}
        channel={item.channel}
        from={row.from}
        goesOn={row.goesOn}
        isLook={said.isLook}
        isStack={isBurst}
        isNow={isGoingOn(item)}
      />
      <div className="journey-what">
        <div className={isOpen ? '' : 'journey-cut'}>
          <span className="journey-title">{said.title}</span>{' '}
          {said.detail !== null && <span className="journey-detail">{said.detail}</span>}
        </div>
      </div>
      <div className="journey-amount">
        {said.tag !== null && <Tag kind={isGoingOn(item) ? 'accent' : isAnswerDue(said.tag) ? 'attention' : 'plain'}>{said.tag}</Tag>}
        {said.amount}
        <button
          type="button"
          tabIndex={-1}
          className={`journey-turn ${isBurst ? '' : 'journey-turn-quiet'}`}
          aria-expanded={isOpen}
          aria-label={isOpen ? t('Hide {what}', { what: said.title }) : t('Show {what}', { what: said.title })}
          onClick={() => onToggle(row)}
        >
          {isBurst && (isOpen ? t('Hide') : t('Show'))}
          <Icon name={isOpen ? 'down' : 'chevron'} size="small" />
        </button>
      </div>
      {(isBurst || isOpen) && (
        <div className="journey-beneath">
          {isBurst && !isOpen && <BurstTicks items={row.items} />}
          {isBurst && isOpen && <BurstPages items={row.items} />}
          {!isBurst && isOpen && <EventDetails items={row.items} named={named} />}
        </div>
      )}
    </>
  );
});

/** What a row says. */
function useSaid(row: EventRow, named: NamedEntry | null) {
  const { t } = useText();
  const write = useAmount();
  const titleOf = useOfferTitle();
  const [item] = row.items;
  if (row.kind === 'burst')
    return { title: burstTitle(row.items, t), detail: burstDetail(row.items, t), amount: null, tag: null, isLook: true };
  const { title, detail, amount, tag, isLook } = sentenceOf(item, t, titleOf(item));
  const lines = detail === null && named !== null ? linesOf(named) : 0;
  const about = lines > 0 ? t('{count, plural, one {# line} other {# lines}}', { count: lines }) : detail;
  const times = row.kind === 'repeat' ? t('{count} times', { count: row.items.length }) : null;
  return { title, detail: [about, times].filter(Boolean).join(' · ') || null, amount: amount && write(amount), tag, isLook };
}

function linesOf({ list, entry }: NamedEntry): number {
  const [inner] = list.list.inner;
  return inner === undefined ? 0 : innerEntries(entry, inner).length;
}

/** A call that rings or is being spoken. */
function isGoingOn(item: JourneyItem): boolean {
  return kindOf(item) === 'call' && /^(ringing|in.progress|now|connected)$/i.test(textOf(item.properties.status) ?? '');
}

const isAnswerDue = (tag: string): boolean => /^(open|follow.?up|call.?back)$/i.test(tag);

/** What a row says in one sentence, for the live region. */
export function useSpoken(): (item: JourneyItem) => string {
  const { t } = useText();
  const titleOf = useOfferTitle();
  return (item) => {
    const { title, detail } = sentenceOf(item, t, titleOf(item));
    return detail === null ? title : `${title} ${detail}`;
  };
}
