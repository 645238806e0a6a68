import type { HistoryEventFragment } from '../../generated/graphql.ts';
import { type Identifier, isErased, keyOf } from './key.ts';

/** What `replay` reads of an identity event. */
export type ReplayedEvent = Pick<HistoryEventFragment, 'id' | 'rule' | 'customerId' | 'linked' | 'cut' | 'merged' | 'evidence'>;

/** The graph at one moment: by identifier key, the id of the customer who had it then. Absent: nobody whom the events name. */
export type Owners = ReadonlyMap<string, string>;

/**
 * Goes back from the present, event by event. Of customers who are not this one, and were never merged into it, only what its own
 * events say is known: from whom an identifier came. The same holds for a customer who was merged for a time and given back by a
 * split, whose events of before are the other one's again. Pure.
 * @param present the customer of now. @param events newest first; older ones may be missing, which changes no newer moment.
 * @returns the graph after each event, in the order of the events, and at last the graph before the oldest one.
 */
export function replay(
  present: { readonly id: string; readonly identifiers: readonly Identifier[] },
  events: readonly ReplayedEvent[],
): readonly Owners[] {
  const brought = broughtByMerges(events);
  const moments: Owners[] = [new Map(present.identifiers.filter((each) => !isErased(each)).map((each) => [keyOf(each), present.id]))];
  for (const event of events) {
    const after = new Map(moments.pop());
    // Where events in between are missing (see above), the events that are there still say what each of them linked.
    for (const identifier of event.linked) if (after.has(keyOf(identifier))) after.set(keyOf(identifier), event.customerId);
    moments.push(after, before(after, event, brought));
  }
  return moments;
}

/** The graph before an event, from the graph after it. */
function before(after: Owners, event: ReplayedEvent, brought: ReadonlyMap<string, string>): Owners {
  const owners = new Map(after);
  for (const key of owners.keys()) {
    const former = brought.get(`${event.id} ${key}`);
    if (former !== undefined) owners.set(key, former);
  }
  for (const identifier of event.linked) {
    if (isErased(identifier)) continue;
    if (identifier.from == null) owners.delete(keyOf(identifier));
    else owners.set(keyOf(identifier), identifier.from);
  }
  // Of several customers who became one, the event does not say who had what was cut: it counts as the survivor's, unless an
  // older event says that another one had it.
  for (const identifier of event.cut) {
    if (!isErased(identifier)) owners.set(keyOf(identifier), brought.get(`${event.id} ${keyOf(identifier)}`) ?? event.customerId);
  }
  return owners;
}

/**
 * Who brought which identifier to a merge. A merge names the customers who joined, and older events say what each of them had.
 * @returns by the event's id and the identifier's key: the customer who had it before that merge.
 */
function broughtByMerges(events: readonly ReplayedEvent[]): ReadonlyMap<string, string> {
  const brought = new Map<string, string>();
  const owners = new Map<string, string>();
  for (const event of events.toReversed()) {
    const merged = new Set(event.merged);
    // Where the older events are missing: a person's merge names what the customers who joined had.
    const [only] = event.merged;
    if (event.rule === 'MERGE' && merged.size === 1 && only !== undefined) {
      for (const identifier of event.evidence) if (!owners.has(keyOf(identifier))) owners.set(keyOf(identifier), only);
    }
    for (const [key, owner] of owners) {
      if (!merged.has(owner)) continue;
      brought.set(`${event.id} ${key}`, owner);
      owners.set(key, event.customerId);
    }
    for (const identifier of event.cut) owners.delete(keyOf(identifier));
    for (const identifier of event.linked) if (!isErased(identifier)) owners.set(keyOf(identifier), event.customerId);
  }
  return brought;
}
