import { keyOf } from './key.ts';
import type { ClassOf, History } from './lives.ts';
import type { PictureGroup, PictureNode } from './picture-layout.ts';
import type { Owners } from './replay.ts';

/** Identifiers that were cut lately are shown as gone, so many of them. */
const MOST_GONE = 3;
/** Other customers at one moment at most; a person who merged a hundred is in the list. */
const MOST_OTHERS = 4;

export interface MomentGroups {
  readonly main: PictureGroup;
  readonly others: readonly PictureGroup[];
  /** Other customers for whom there was no room. */
  readonly left: number;
}

/**
 * One moment as groups of identifiers: the customer's, and those of customers who have not joined yet, or whom an identifier came
 * from. Pure. @param chosen the event, counted from the newest; its moment is the one after it.
 */
export function groupsAt({ id, events, moments }: History, chosen: number, classOf: ClassOf): MomentGroups {
  const owners = moments[chosen] ?? (new Map() as Owners);
  const event = events[chosen];
  const earlier = moments[chosen + 1] ?? (new Map() as Owners);
  // Before a merge the present customer may not have been there yet: then the event's customer is the one whose picture this is.
  const own = [...owners.values()].includes(id) || event === undefined ? id : event.customerId;
  const node = (key: string, state: PictureNode['state']): PictureNode => {
    const end = key.indexOf(':');
    const type = key.slice(0, end);
    return { key, type, value: key.slice(end + 1), state, isPerson: classOf(type) === 'person' };
  };
  const groups = Map.groupBy(owners.keys(), (key) => owners.get(key) as string);
  const nodes = (owner: string) =>
    (groups.get(owner) ?? []).map((key) => node(key, earlier.get(key) === owner || event === undefined ? 'held' : 'new'));
  const others = [...groups.keys()].filter((owner) => owner !== own).map((owner) => ({ id: owner, nodes: nodes(owner) }));
  return {
    main: { id: own, nodes: [...nodes(own), ...goneAt({ id, events, moments }, chosen).map((key) => node(key, 'gone'))] },
    others: others.slice(0, MOST_OTHERS),
    left: Math.max(0, others.length - MOST_OTHERS),
  };
}

/** What the customer lost up to a moment, and nobody has at it; the latest first. */
function goneAt({ events, moments }: History, chosen: number): string[] {
  const owners = moments[chosen] ?? new Map();
  const gone = new Set<string>();
  for (const event of events.slice(chosen)) {
    if (event.rule === 'ROTATE') continue;
    for (const identifier of event.cut) {
      const key = keyOf(identifier);
      if (!owners.has(key) && gone.size < MOST_GONE) gone.add(key);
    }
  }
  return [...gone];
}

/** The event that brought an identifier to its owner at a moment, or cut it before; counted from the newest, -1 where none is known. */
export function causeOf({ events, moments }: History, chosen: number, key: string): number {
  const owner = moments[chosen]?.get(key);
  for (let index = chosen; index < events.length; index++) {
    if (moments[index]?.get(key) === owner && moments[index + 1]?.get(key) !== owner) return index;
  }
  return -1;
}
