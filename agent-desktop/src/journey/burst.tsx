import { useState } from 'react';
import { useText } from '../text/text.tsx';
import type { JourneyItem } from './interaction.ts';
import { durationOf, pageTitle } from './sentences.ts';
import './burst.css';

/** When the pages of a burst were viewed, as ticks on a line. */
export function BurstTicks({ items }: { readonly items: readonly JourneyItem[] }) {
  const { formatTime } = useText();
  const [newest, oldest] = [items[0]?.at ?? 0, items.at(-1)?.at ?? 0];
  const span = Math.max(1, newest - oldest);
  // Two ticks on one pixel are one: a burst of hundreds of pages draws no more lines than there is room for.
  const ticks = new Set(items.map(({ at }) => 1 + Math.round(((at - oldest) / span) * (TICKS_WIDTH - 2))));
  return (
    <div className="journey-ticks">
      <span>{formatTime(new Date(oldest))}</span>
      <svg viewBox={`0 0 ${TICKS_WIDTH} 10`} aria-hidden="true">
        <line className="journey-ticks-base" x1="0" y1="5" x2={TICKS_WIDTH} y2="5" />
        {[...ticks].map((x) => (
          <line key={x} x1={x} y1="2" x2={x} y2="8" />
        ))}
      </svg>
      <span>{formatTime(new Date(newest))}</span>
    </div>
  );
}

const TICKS_WIDTH = 150;

/** How many pages are shown before the agent asks for all, and at most. */
const [FIRST, MOST] = [8, 500];

/** The pages of a burst, newest first, each with how long it was looked at: until the next one. */
export function BurstPages({ items }: { readonly items: readonly JourneyItem[] }) {
  const { t, formatTime } = useText();
  const [isWhole, setWhole] = useState(false);
  const shown = items.slice(0, isWhole ? MOST : FIRST);
  const more = items.length - shown.length;
  return (
    <ul className="journey-box journey-pages">
      {shown.map((item, index) => {
        const next = items[index - 1];
        return (
          <li key={item.key}>
            <time dateTime={new Date(item.at).toISOString()}>{formatTime(new Date(item.at))}</time>
            <span className="cut">{pageTitle(item, t)}</span>
            {next && <span className="journey-end">{durationOf(Math.max(1, Math.round((next.at - item.at) / 1_000)), t)}</span>}
          </li>
        );
      })}
      {more > 0 && !isWhole && (
        <li>
          <time />
          <button type="button" className="journey-turn" onClick={() => setWhole(true)}>
            {t('and {count, plural, one {# more} other {# more}}', { count: more })}
          </button>
        </li>
      )}
    </ul>
  );
}
