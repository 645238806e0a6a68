import { defaultRangeExtractor, measureElement, type Range } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Icon } from '../pieces/icon.tsx';
import { useShortcut } from '../pieces/shortcuts.tsx';
import { useText } from '../text/text.tsx';
import type { NamedEntry } from './entries.ts';
import { entryOf } from './entries.ts';
import { Event } from './event-row.tsx';
import { dayName } from './frames.ts';
import type { JourneyChannel } from './interaction.ts';
import type { JourneyReader, JourneySnapshot } from './journey-reader.ts';
import { type EventRow, type JourneyRow, journeyRows, type LineRow } from './journey-rows.ts';
import { Line } from './line-row.tsx';
import { TimelineEnd } from './timeline-end.tsx';
import { AT_TOP, useReadingPosition } from './use-reading-position.ts';
import { isEventRow, useRowFocus } from './use-row-focus.ts';
import './timeline.css';

export interface TimelineProps {
  readonly reader: JourneyReader;
  readonly snapshot: JourneySnapshot;
  readonly tracks: readonly JourneyChannel[];
  readonly entries: ReadonlyMap<string, NamedEntry>;
  /** What the end of the list says where nothing older is in the frame. */
  readonly end: React.ReactNode;
}

/** Heights before a row is measured; those of rows that are closed are exact. */
const HEIGHTS = { day: 30, unread: 24, gap: 24, one: 36, repeat: 36, burst: 53 } as const;
/** The next page is read when so many rows are left. */
const READ_AHEAD = 30;

/** The rows of a journey, endless both ways: only those on the screen are rendered. */
export function Timeline({ reader, snapshot, tracks, entries, end }: TimelineProps) {
  const { t } = useText();
  const { window: loaded, arrivals } = snapshot;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const [isAtTop, setAtTop] = useState(true);
  const [openKeys, setOpenKeys] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => {
    const shown = arrivals.waiting.size === 0 ? loaded.items : loaded.items.filter(({ key }) => !arrivals.waiting.has(key));
    return journeyRows(shown, arrivals, dayName);
  }, [loaded.items, arrivals]);

  const kept = useRef(-1);
  const hadRows = useRef(false);
  const { virtualizer, goTo } = useReadingPosition(rows, scroller, loaded.newer.hasMore, {
    count: rows.length + 1,
    // Functions of their own for each list of rows: with others, all that was measured is put together anew.
    estimateSize: useCallback((index: number) => HEIGHTS[rows[index]?.kind ?? 'one'], [rows]),
    getItemKey: useCallback((index: number) => rows[index]?.key ?? 'end', [rows]),
    rangeExtractor: useCallback((range: Range) => withRow(defaultRangeExtractor(range), kept.current, range.count), []),
    measureElement: measured,
    overscan: 5,
    useFlushSync: false,
  });
  const focus = useRowFocus(rows, goTo, list);
  useEffect(() => {
    if (hadRows.current || rows.length === 0) return;
    hadRows.current = true;
    const { around } = reader.frame;
    const before = around === null ? -1 : rows.findIndex((row) => row.at < around);
    if (around !== null) goTo(before === -1 ? rows.length : before, 'start');
  }, [reader, rows, goTo]);
  kept.current = focus.hasFocus ? focus.index : -1;

  const isHeld = !isAtTop || focus.hasFocus || loaded.newer.hasMore;
  useEffect(() => {
    reader.hold(isHeld);
    if (!isHeld) reader.reveal();
  }, [reader, isHeld]);

  const visible = virtualizer.getVirtualItems();
  const [first, last] = [virtualizer.range?.startIndex ?? 0, virtualizer.range?.endIndex ?? 0];
  useEffect(() => {
    if (last >= rows.length - READ_AHEAD && snapshot.older === 'idle') void reader.readOlder();
    if (first <= READ_AHEAD && snapshot.newer === 'idle') void reader.readNewer();
  }, [reader, first, last, rows.length, snapshot.older, snapshot.newer]);

  const toggle = useCallback((row: EventRow) => {
    setOpenKeys((open) => {
      const keys = row.items.map(({ key }) => key);
      if (keys.some((key) => open.has(key))) return new Set([...open].filter((key) => !keys.includes(key)));
      return new Set([...open, row.key]);
    });
  }, []);
  const isOpen = (row: EventRow) => openKeys.size > 0 && row.items.some(({ key }) => openKeys.has(key));
  const [wanted, setWanted] = useState(0);
  const done = useRef(0);
  const toNew = useCallback(() => {
    reader.reveal();
    setWanted((count) => count + 1);
  }, [reader]);
  useEffect(() => {
    if (done.current === wanted) return;
    done.current = wanted;
    const line = rows.findIndex(({ kind }) => kind === 'unread' || kind === 'gap');
    focus.focusRow(line === -1 ? rows.findIndex(isEventRow) : line - 1);
  }, [wanted, rows, focus]);

  useShortcut({ key: 'j', label: t('Journey down'), run: () => focus.move(1) });
  useShortcut({ key: 'k', label: t('Journey up'), run: () => focus.move(-1) });
  useShortcut({ key: 'u', label: t('To what is new'), run: toNew });
  // The row itself hears this key; it stands here for the list of all keys.
  useShortcut({ key: 'Enter', label: t('Open or close a row of the journey'), run: () => {}, isOn: false });

  const onKeyDown = (event: React.KeyboardEvent, index: number) => {
    const row = rows[index];
    if (event.target !== event.currentTarget || !isEventRow(row)) return;
    if (event.key === 'Escape') (event.currentTarget as HTMLElement).blur();
    const isToggle = event.key === 'Enter' || event.key === ' ';
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (!isToggle && step === 0) return;
    event.preventDefault();
    if (isToggle) toggle(row);
    else focus.move(step === 1 ? 1 : -1);
  };

  const current = rows[first];
  const day = stickyDay(rows, first);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notes that the reader did something, for the unread line
    <div
      className="journey-frame"
      style={{ '--journey-tracks': tracks.length } as React.CSSProperties}
      onPointerDown={() => reader.look()}
      onKeyDown={() => reader.look()}
      onWheel={() => reader.look()}
    >
      {day !== null && current?.kind !== 'day' && (
        <div className="journey-row journey-day journey-sticky" aria-hidden="true">
          <Line row={day} tracks={tracks} />
        </div>
      )}
      {arrivals.waiting.size > 0 && (
        <button type="button" className="journey-waiting" onClick={toNew}>
          <Icon name="up" size="small" />
          {t('{count} new', { count: arrivals.waiting.size })}
        </button>
      )}
      <div ref={scroller} className="journey-timeline" onScroll={({ currentTarget }) => setAtTop(currentTarget.scrollTop < AT_TOP)}>
        <ol
          ref={list}
          className="journey-list"
          aria-label={t('Journey')}
          style={{ height: virtualizer.getTotalSize() }}
          onFocus={focus.onFocus}
          onBlur={focus.onBlur}
        >
          {visible.map(({ key, index, start }) => {
            const row = rows[index];
            return (
              <li
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                tabIndex={isEventRow(row) ? (index === focus.index ? 0 : -1) : undefined}
                className={`journey-row ${classesOf(row, isEventRow(row) && isOpen(row))}`}
                style={{ transform: `translateY(${start}px)` }}
                onKeyDown={(event) => onKeyDown(event, index)}
              >
                {row === undefined && <TimelineEnd reader={reader} snapshot={snapshot} end={end} />}
                {row !== undefined && !isEventRow(row) && <Line row={row} tracks={tracks} />}
                {isEventRow(row) && (
                  <Event row={row} tracks={tracks} isOpen={isOpen(row)} named={entryOf(row.items[0], entries)} onToggle={toggle} />
                )}
              </li>
            );
          })}
        </ol>
      </div>
    </div>
  );
}

/** While another page is shown, every row has no height: it keeps the one that it had, or the journey would be elsewhere afterwards. */
const measured: typeof measureElement = (row, entry, instance) => {
  if ((row as Element).getClientRects().length > 0) return measureElement(row, entry, instance);
  const index = instance.indexFromElement(row);
  return instance.itemSizeCache.get(instance.options.getItemKey(index)) ?? instance.options.estimateSize(index);
};

/** The row that has the focus is rendered wherever it is: an element that is taken out of the page loses it. */
function withRow(indexes: number[], index: number, count: number): number[] {
  return index < 0 || index >= count || indexes.includes(index) ? indexes : [...indexes, index].sort((a, b) => a - b);
}

function classesOf(row: JourneyRow | undefined, isOpen: boolean): string {
  if (row === undefined) return 'journey-last';
  if (!isEventRow(row)) return row.kind === 'day' ? 'journey-day' : 'journey-unread';
  return `journey-event ${row.isFresh ? 'journey-fresh' : ''} ${isOpen ? 'journey-open' : ''}`;
}

/** The line of the day that is at the top of the screen, as it stands there. */
function stickyDay(rows: readonly JourneyRow[], first: number): LineRow | null {
  let index = Math.min(first, rows.length - 1);
  while (index >= 0 && rows[index]?.kind !== 'day') index--;
  const day = rows[index];
  return day === undefined || isEventRow(day) ? null : { ...day, from: rows[first]?.from ?? null };
}
