import type { Offer } from '../../model/offer.ts';
import type { DecisionState } from './decision-state.ts';

/**
 * Dates and channels of an offer: the same check for a new decision and for one that was kept. @returns what makes the reason, or
 * null for an offer that may be shown now and in this channel.
 */
export function validityProblem(offer: Offer, { now, channel }: Pick<DecisionState, 'now' | 'channel'>): (() => string) | null {
  const { starts, ends } = offer;
  if (starts !== null && now < starts) return () => `it starts ${timeText(starts)}`;
  if (ends !== null && now >= ends) return () => `it ended ${timeText(ends)}`;
  return channelProblem(offer, channel);
}

/** An offer with channels needs one of them: a request whose channel is not known gets none of these. */
export function channelProblem({ channels }: Offer, channel: string | null): (() => string) | null {
  if (channels === null || (channel !== null && channels.includes(channel))) return null;
  const received = channel === null ? "this request's channel is not known" : `this request's channel is ${channel}`;
  return () => `it is for the channel${channels.length === 1 ? '' : 's'} ${channels.join(', ')}, and ${received}`;
}

/** @param index of the cap that is reached. */
export function capReason(offer: Offer, index: number): string {
  const cap = offer.caps[index];
  if (cap === undefined) throw new TypeError(`capReason: expected 0 to ${offer.caps.length - 1}, received ${index}`);
  const presentations = `${cap.count} presentation${cap.count === 1 ? '' : 's'}`;
  const within = cap.per === null ? '' : ` in ${durationText(cap.per)}`;
  return `its cap of ${presentations}${within}${cap.of === 'everybody' ? ' to all customers together' : ''} is reached`;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** In the largest unit that divides it: `7 days`, `36 hours`. */
function durationText(milliseconds: number): string {
  const [unit, length] = UNITS.find(([, each]) => milliseconds % each === 0) ?? ['millisecond', 1];
  const count = milliseconds / length;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** `on 2026-12-01` for the beginning of a day (UTC), else `at 2026-12-01T09:00:00.000Z`. */
function timeText(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString();
  return milliseconds % 86_400_000 === 0 ? `on ${text.slice(0, text.indexOf('T'))}` : `at ${text}`;
}
