import type { ProfileLayout } from '../model/gateway.ts';
import type { JourneyChannel } from './interaction.ts';
import { type JourneyFrame, WHOLE_JOURNEY } from './journey-reader.ts';

export const SPANS = ['day', 'week', 'all'] as const;

export type Span = (typeof SPANS)[number];

/** What the agent chose to see. */
export interface JourneyChoice {
  /** Empty for all. */
  readonly channels: ReadonlySet<JourneyChannel>;
  readonly span: Span;
  /** A day to go to, as `2010-12-03`; null for now. */
  readonly day: string | null;
}

export const EVERYTHING: JourneyChoice = { channels: new Set(), span: 'all', day: null };

/**
 * What is read for a choice. A day and a week are those of the calendar, on the agent's clock; a week ends with its day. The whole
 * journey around a day is read both ways from that day's end.
 */
export function frameOf({ channels, span, day }: JourneyChoice, touchpoints: ProfileLayout['touchpoints'], now: Date): JourneyFrame {
  const names = touchpoints.filter(({ channel }) => channels.has(channel as JourneyChannel)).map(({ name }) => name);
  const frame = { ...WHOLE_JOURNEY, touchpoints: channels.size === 0 ? null : names };
  const [year, month, date] = day?.split('-').map(Number) ?? [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  const midnight = (offset: number) => new Date(year ?? 0, (month ?? 1) - 1, (date ?? 1) + offset).getTime();
  if (span === 'all') return day === null ? frame : { ...frame, around: midnight(1) };
  return { ...frame, since: midnight(span === 'day' ? 0 : -6), until: day === null ? null : midnight(1) };
}

/** A day of the calendar as `2010-12-03`, on the agent's clock. */
export function dayName(at: number | Date): string {
  const time = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}
