import type { HistoryEventFragment } from '../../generated/graphql.ts';
import type { Identifier } from './key.ts';
import type { History } from './lives.ts';

/** The identifiers that came along with the customers who joined in an event, as far as older events say whose they were. */
export function joinedBy({ events, moments }: History, event: HistoryEventFragment): readonly Identifier[] {
  const before = moments[events.indexOf(event) + 1];
  if (before === undefined || event.merged.length === 0) return [];
  return [...before].flatMap(([key, owner]) => {
    const end = key.indexOf(':');
    return event.merged.includes(owner) ? [{ type: key.slice(0, end), value: key.slice(end + 1) }] : [];
  });
}
