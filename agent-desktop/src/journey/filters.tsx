import { useRef } from 'react';
import { Icon } from '../pieces/icon.tsx';
import { useShortcut } from '../pieces/shortcuts.tsx';
import { useText } from '../text/text.tsx';
import { classOf, lookOf } from './channels.ts';
import { DayJump } from './day-jump.tsx';
import { type JourneyChoice, SPANS, type Span } from './frames.ts';
import type { JourneyChannel } from './interaction.ts';
import './filters.css';

/** How many interactions of a channel are loaded, and whether there are more. */
export interface ChannelCount {
  readonly count: number;
  readonly isWhole: boolean;
}

export interface FiltersProps {
  readonly channels: readonly JourneyChannel[];
  readonly counts: ReadonlyMap<JourneyChannel, ChannelCount>;
  readonly choice: JourneyChoice;
  readonly onChoose: (choice: JourneyChoice) => void;
}

/** The channels with what is loaded of each, the time frame, and a day to go to. `F` leads here, arrows from one to the next. */
export function Filters({ channels, counts, choice, onChoose }: FiltersProps) {
  const { t } = useText();
  const bar = useRef<HTMLDivElement>(null);
  useShortcut({ key: 'f', label: t('Filters of the journey, then arrows'), run: () => bar.current?.querySelector('button')?.focus() });
  const toggle = (channel: JourneyChannel) => {
    const next = new Set(choice.channels);
    if (!next.delete(channel)) next.add(channel);
    onChoose({ ...choice, channels: next });
  };
  const spans: Readonly<Record<Span, string>> = { day: t('Day'), week: t('Week'), all: t('All') };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrows move between the buttons of this bar, which work without them
    <div ref={bar} className="journey-filters" onKeyDown={(event) => moveFocus(bar.current, event)}>
      <fieldset className="journey-chips" aria-label={t('Channels')}>
        {channels.map((channel) => {
          const { icon, label } = lookOf(channel);
          const { count, isWhole } = counts.get(channel) ?? { count: 0, isWhole: true };
          const isEmpty = count === 0 && isWhole;
          return (
            <button
              key={channel}
              type="button"
              className={`journey-chip ${classOf(channel)} ${isEmpty ? 'journey-chip-empty' : ''}`}
              aria-pressed={choice.channels.has(channel)}
              onClick={() => toggle(channel)}
            >
              <Icon name={icon} size="small" />
              {label(t)}
              {/* None of the loaded ones, while there are more, says nothing. */}
              {(count > 0 || isWhole) && (
                <span className="journey-count">
                  {count}
                  {!isWhole && '+'}
                </span>
              )}
            </button>
          );
        })}
      </fieldset>
      <fieldset className="journey-segments" aria-label={t('Time frame')}>
        {SPANS.map((span) => (
          <button key={span} type="button" aria-pressed={choice.span === span} onClick={() => onChoose({ ...choice, span })}>
            {spans[span]}
          </button>
        ))}
      </fieldset>
      <DayJump choice={choice} onChoose={onChoose} />
    </div>
  );
}

/** Arrows, Home and End move between the buttons of a bar. */
function moveFocus(bar: HTMLElement | null, event: React.KeyboardEvent): void {
  const buttons = [...(bar?.querySelectorAll('button') ?? [])];
  const at = buttons.indexOf(event.target as HTMLButtonElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (at === -1 || to === undefined) return;
  event.preventDefault();
  buttons.at(to % buttons.length)?.focus();
}
