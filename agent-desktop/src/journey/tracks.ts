import { CHANNELS, type JourneyChannel } from './interaction.ts';

/** The width of a track and the height of the way in, in pixels; the first is `--lane-width`. */
const [LANE, WAY_IN] = [18, 18];

/** The channels that have a track: those of the touchpoints, and those that the journey has beside them, always in one order. */
export function tracksOf(configured: readonly string[], seen: ReadonlySet<JourneyChannel>): readonly JourneyChannel[] {
  return CHANNELS.filter((channel) => configured.includes(channel) || seen.has(channel));
}

/** The middle of a track. */
const middleOf = (track: number): number => track * LANE + LANE / 2;

/** The line into a row: from the track of the row above to this one's. */
export function wayIn(from: number, to: number): string {
  const [start, end] = [middleOf(from), middleOf(to)];
  return start === end ? `M${end} 0V${WAY_IN}` : `M${start} 0C${start} 11 ${end} 5 ${end} ${WAY_IN}`;
}
