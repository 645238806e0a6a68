import type { JourneyItem } from './interaction.ts';
import type { JourneyWindow } from './journey-window.ts';

/** Days that the line of activity shows. */
const ACTIVITY_DAYS = 30;

/**
 * How many interactions each of the last days had, the oldest day first. Null where not all of these days are loaded: a line over
 * what happens to be loaded would be believed.
 */
export function activityOf({ items, newer, older }: JourneyWindow, now: Date): readonly number[] | null {
  const firstDay = new Date(now.getFullYear(), now.getMonth(), now.getDate() - ACTIVITY_DAYS + 1).getTime();
  const isLoaded = !newer.hasMore && (!older.hasMore || (items.at(-1)?.at ?? Number.POSITIVE_INFINITY) < firstDay);
  if (!isLoaded) return null;
  const days = Array.from({ length: ACTIVITY_DAYS }, () => 0);
  for (const { at } of items) {
    const day = dayAfter(firstDay, at);
    if (day >= 0 && day < ACTIVITY_DAYS) days[day] = (days[day] ?? 0) + 1;
  }
  return days;
}

/** Days of the calendar: one of them may have 23 or 25 hours. */
function dayAfter(first: number, at: JourneyItem['at']): number {
  const midnight = (time: number) => {
    const day = new Date(time);
    return Date.UTC(day.getFullYear(), day.getMonth(), day.getDate());
  };
  return Math.round((midnight(at) - midnight(first)) / 86_400_000);
}
