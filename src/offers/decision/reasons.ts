import type { Offer } from '../../model/offer.ts';
import { inLargestUnit } from '../../model/quantity.ts';
import type { DecisionState } from './decision-state.ts';

/**
 * Checks the dates and channels of an offer, for a new decision and for a kept one alike.
 * @returns null for an offer that may be shown now and in this channel; otherwise a function that makes the reason.
 */
export function validityProblem(offer: Offer, { now, channel }: Pick<DecisionState, 'now' | 'channel'>): (() => string) | null {
  const { starts, ends } = offer;
  if (starts !== null && now < starts) return () => `it starts ${timeText(starts)}`;
  if (ends !== null && now >= ends) return () => `it ended ${timeText(ends)}`;
  return channelProblem(offer, channel);
}

/** An offer with channels needs a request from one of them, so it is not shown where the request's channel is unknown. */
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

const UNITS = { d: 'day', h: 'hour', m: 'minute', s: 'second', ms: 'millisecond' } as const;

/** `7 days`, `36 hours` */
function durationText(milliseconds: number): string {
  const [count, unit] = inLargestUnit(milliseconds);
  return `${count} ${UNITS[unit]}${count === 1 ? '' : 's'}`;
}

/** `on 2026-12-01` for the beginning of a day (UTC), else `at 2026-12-01T09:00:00.000Z`. */
function timeText(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString();
  return milliseconds % 86_400_000 === 0 ? `on ${text.slice(0, text.indexOf('T'))}` : `at ${text}`;
}
