import type { Identifier } from './key.ts';
import { isErased, keyOf } from './key.ts';
import type { ReplayedEvent } from './replay.ts';

type TimedEvent = ReplayedEvent & { readonly recordedAt: string };

/**
 * Puts events of one millisecond into the order in which they happened: the gateway records several changes of one transaction
 * with the same time, in no order. Going back from the present, the last of them is one whose result is there.
 * @param present identifiers of now. @param events newest first.
 */
export function inOrder<E extends TimedEvent>(present: readonly Identifier[], events: readonly E[]): readonly E[] {
  const held = new Set(present.map(keyOf));
  const ordered: E[] = [];
  for (const group of Map.groupBy(events, ({ recordedAt }) => recordedAt).values()) {
    const left = [...group];
    while (left.length > 0) {
      const [event] = left.splice(Math.max(0, left.findIndex(isLast(left, held))), 1) as [E];
      for (const identifier of event.linked) if (identifier.from == null) held.delete(keyOf(identifier));
      for (const identifier of event.cut) held.add(keyOf(identifier));
      ordered.push(event);
    }
  }
  return ordered;
}

/** True for an event whose result is there: what it linked is held, what it cut is not, and its customer was not merged after it. */
function isLast(left: readonly TimedEvent[], held: ReadonlySet<string>): (event: TimedEvent) => boolean {
  return (event) =>
    event.linked.every((identifier) => isErased(identifier) || held.has(keyOf(identifier))) &&
    event.cut.every((identifier) => !held.has(keyOf(identifier))) &&
    !left.some(({ merged }) => merged.includes(event.customerId));
}
