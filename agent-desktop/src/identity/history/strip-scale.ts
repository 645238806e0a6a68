/** Pixels between two events at least, so that each can be pressed (WCAG 2.5.8 asks for 24). */
const CLOSEST = 26;
/** A gap that is longer is drawn with a break, in milliseconds: 30 days. */
const BREAK = 30 * 86_400_000;

export interface StripScale {
  /** Where each event stands, oldest first, in pixels. */
  readonly xs: readonly number[];
  /** Where the strip begins and ends. */
  readonly start: number;
  readonly end: number;
  /** Where time was left out: between two events. */
  readonly breaks: readonly number[];
  /** The first event of each day. */
  readonly days: readonly { readonly x: number; readonly time: string }[];
}

/**
 * Places events in the order in which they happened. Hours and years fit on one strip because a gap counts by the logarithm of
 * its minutes. Pure.
 * @param times oldest first, ISO 8601. @param width pixels that there are; more events need more.
 */
export function stripScale(times: readonly string[], width: number): StripScale {
  const clock = times.map((time) => new Date(time).getTime());
  const gaps = clock.slice(1).map((time, index) => Math.max(0, time - (clock[index] as number)));
  const weights = gaps.map((gap) => 1 + Math.log10(1 + gap / 60_000));
  const lead = 44;
  const tail = 72;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const unit = Math.max(CLOSEST, total === 0 ? 0 : Math.min(120, (width - lead - tail) / total));
  let x = lead;
  const xs = times.map((_, index) => {
    if (index > 0) x += (weights[index - 1] as number) * unit;
    return Math.round(x);
  });
  const middle = (index: number) => Math.round(((xs[index] as number) + (xs[index + 1] as number)) / 2);
  return {
    xs,
    start: 0,
    end: Math.max(width, (xs.at(-1) ?? lead) + tail),
    breaks: gaps.flatMap((gap, index) => (gap > BREAK ? [middle(index)] : [])),
    days: daysOf(times, xs),
  };
}

/** A day's line stands before its first event; a label needs its room, so days that are close have none. */
function daysOf(times: readonly string[], xs: readonly number[]): StripScale['days'] {
  const days: { x: number; time: string }[] = [];
  for (const [index, time] of times.entries()) {
    const before = times[index - 1];
    if (before !== undefined && new Date(before).toDateString() === new Date(time).toDateString()) continue;
    const x = (xs[index] as number) - 12;
    const last = days.at(-1);
    if (last === undefined || x - last.x >= 76) days.push({ x, time });
  }
  return days;
}
