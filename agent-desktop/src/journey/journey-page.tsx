import { useEffect, useMemo, useState } from 'react';
import { useLayout } from '../connection/connection.tsx';
import { useOpenCustomer } from '../customer/open-customer.tsx';
import { useAnnounce } from '../pieces/announce.tsx';
import { Button } from '../pieces/button.tsx';
import { useText } from '../text/text.tsx';
import { activityOf } from './activity.ts';
import { entriesByNumber } from './entries.ts';
import { useSpoken } from './event-row.tsx';
import { type ChannelCount, Filters } from './filters.tsx';
import { EVERYTHING, frameOf, type JourneyChoice } from './frames.ts';
import { CHANNELS, type JourneyChannel, type JourneyItem } from './interaction.ts';
import type { JourneySnapshot } from './journey-reader.ts';
import { Offline, UnreadGap } from './offline.tsx';
import { Timeline } from './timeline.tsx';
import { tracksOf } from './tracks.ts';
import { useConfirmed, useJourney, useSnapshot } from './use-journey.ts';
import { useLiveJourney } from './use-live-journey.ts';

/** What the tab says of the journey. */
export interface LoadedJourney {
  readonly count: number;
  /** False while there is more to read. */
  readonly isWhole: boolean;
  /** How many interactions each of the last days had; null where not all of them are loaded. */
  readonly days: readonly number[] | null;
}

/** The journey of the open customer: filters, and the timeline of what was chosen. */
export function JourneyPage({ onLoaded }: { readonly onLoaded: (loaded: LoadedJourney) => void }) {
  const { id, lists } = useOpenCustomer();
  const layout = useLayout();
  const { t } = useText();
  const [choice, setChoice] = useState<JourneyChoice>(EVERYTHING);
  const today = new Date().toDateString();
  const frames = useMemo(() => {
    const now = new Date(today);
    const whole = frameOf({ ...choice, channels: new Set() }, layout.touchpoints, now);
    return { whole, chosen: choice.channels.size === 0 ? null : frameOf(choice, layout.touchpoints, now) };
  }, [choice, layout.touchpoints, today]);
  const confirmed = useConfirmed();
  const wholeReader = useJourney(id, frames.whole, confirmed);
  const chosenReader = useJourney(id, frames.chosen, confirmed);
  const [whole, chosen] = [useSnapshot(wholeReader), useSnapshot(chosenReader)];
  const [reader, snapshot] = chosenReader === null ? [wholeReader, whole] : [chosenReader, chosen];
  const live = useLiveJourney({
    customerId: id,
    readers: chosenReader === null ? [wholeReader] : [chosenReader, wholeReader],
    onArrival: useSaying(),
  });

  const tracks = useTracks(whole);
  const counts = useMemo(() => countsOf(whole, chosen, choice.channels), [whole, chosen, choice.channels]);
  const entries = useMemo(() => entriesByNumber(lists), [lists]);
  const loaded = whole?.start === 'idle' && choice.span === 'all' ? whole.window : null;
  useEffect(() => {
    if (loaded === null) return;
    const isWhole = !loaded.older.hasMore && !loaded.newer.hasMore;
    onLoaded({ count: loaded.items.length, isWhole, days: activityOf(loaded, new Date()) });
  }, [loaded, onLoaded]);

  const isEmpty = snapshot?.window.items.length === 0;
  const isNarrowed = choice.span !== 'all' || choice.channels.size > 0 || choice.day !== null;
  const end = (
    <>
      {isEmpty
        ? t('Nothing happened here.')
        : choice.span === 'all'
          ? t('The journey begins here.')
          : t('Nothing more in this time frame.')}{' '}
      {isNarrowed && (isEmpty || choice.span !== 'all') && (
        <Button kind="quiet" size="small" onPress={() => setChoice(EVERYTHING)}>
          {t('Show everything')}
        </Button>
      )}
    </>
  );
  return (
    <>
      <Filters channels={tracks} counts={counts} choice={choice} onChoose={setChoice} />
      <Offline />
      {live.hasGap && <UnreadGap onAgain={live.readAgain} />}
      {reader !== null && snapshot !== null && (
        <Timeline key={`${id} ${JSON.stringify(frames)} ${confirmed.locks}`} {...{ reader, snapshot, tracks, entries, end }} />
      )}
    </>
  );
}

/** The channels that have a track: a channel keeps its track once it was seen, whatever is filtered. */
function useTracks(whole: JourneySnapshot | null): readonly JourneyChannel[] {
  const { touchpoints } = useLayout();
  const items = whole?.window.items;
  const seen = useMemo(() => CHANNELS.filter((channel) => items?.some((item) => item.channel === channel)).join(), [items]);
  return useMemo(
    () =>
      tracksOf(
        touchpoints.map(({ channel }) => channel),
        new Set(seen.split(',').filter(Boolean) as JourneyChannel[]),
      ),
    [touchpoints, seen],
  );
}

const isWholeJourney = (snapshot: JourneySnapshot | null): boolean =>
  snapshot?.start === 'idle' && !snapshot.window.older.hasMore && !snapshot.window.newer.hasMore;

/** How many of each channel are loaded, by what was read of all and of the chosen ones. */
function countsOf(
  whole: JourneySnapshot | null,
  chosen: JourneySnapshot | null,
  channels: ReadonlySet<JourneyChannel>,
): ReadonlyMap<JourneyChannel, ChannelCount> {
  const keys = new Map<JourneyChannel, Set<string>>();
  for (const { key, channel } of [...(whole?.window.items ?? []), ...(chosen?.window.items ?? [])]) {
    const known = keys.get(channel) ?? new Set();
    keys.set(channel, known.add(key));
  }
  return new Map(
    CHANNELS.map((channel) => [
      channel,
      { count: keys.get(channel)?.size ?? 0, isWhole: isWholeJourney(whole) || (channels.has(channel) && isWholeJourney(chosen)) },
    ]),
  );
}

/** Arrivals are said politely, in one sentence for all that came within a moment. */
function useSaying(): (items: readonly JourneyItem[], how: 'live' | 'gap') => void {
  const { t } = useText();
  const announce = useAnnounce();
  const spoken = useSpoken();
  const [said] = useState(() => ({ items: [] as JourneyItem[], timer: undefined as ReturnType<typeof setTimeout> | undefined }));
  return (items, how) => {
    if (how === 'gap') return announce(t('Connection was down, {count} read since', { count: items.length }));
    said.items.push(...items);
    clearTimeout(said.timer);
    said.timer = setTimeout(() => {
      const [newest] = said.items.toSorted((a, b) => b.at - a.at);
      if (newest) announce(t('{count} new, last: {what}', { count: said.items.length, what: spoken(newest) }));
      said.items = [];
    }, MOMENT);
  };
}

const MOMENT = 600;
