import type { HistoryEventFragment } from '../../generated/graphql.ts';
import { type Identifier, isErased, keyOf } from './key.ts';
import type { Owners } from './replay.ts';

/** A time in which one identifier had the same owner. Moments are counted from 0, before the oldest event, upwards. */
export interface Segment {
  readonly from: number;
  /** The moment from which it is over; the number of events plus 1 for one that lasts. */
  readonly to: number;
  /** True while it was the customer's; false while it was another customer's, before it joined or after it left. */
  readonly isTheirs: boolean;
}

/** What became of one identifier. */
export interface Life extends Identifier {
  readonly key: string;
  readonly segments: readonly Segment[];
}

export interface History {
  /** The customer's present id. */
  readonly id: string;
  /** Newest first, as the gateway answers them. */
  readonly events: readonly HistoryEventFragment[];
  /** After each event, in the same order, and before the oldest one. */
  readonly moments: readonly Owners[];
}

export type ClassOf = (type: string) => 'person' | 'device' | 'cookie';

const CLASSES: readonly ReturnType<ClassOf>[] = ['person', 'device', 'cookie'];

/** Every identifier that the customer has or had, or that events name: persons' first, then in the order in which they came. Pure. */
export function lives({ id, events, moments }: History, classOf: ClassOf): readonly Life[] {
  const ascending = moments.toReversed();
  const found = new Map<string, { identifier: Identifier; segments: Segment[] }>();
  for (const identifier of named(events, ascending)) {
    const key = keyOf(identifier);
    const segments: Segment[] = [];
    for (const [moment, owners] of ascending.entries()) {
      const owner = owners.get(key);
      const last = segments.at(-1);
      if (owner === undefined) continue;
      if (last !== undefined && last.to === moment && last.isTheirs === (owner === id))
        segments[segments.length - 1] = { ...last, to: moment + 1 };
      else segments.push({ from: moment, to: moment + 1, isTheirs: owner === id });
    }
    if (segments.length > 0) found.set(key, { identifier, segments });
  }
  const rank = ({ identifier, segments }: { identifier: Identifier; segments: readonly Segment[] }) =>
    CLASSES.indexOf(classOf(identifier.type)) * (ascending.length + 1) + (segments[0]?.from ?? 0);
  return [...found.values()]
    .sort((a, b) => rank(a) - rank(b))
    .map(({ identifier, segments }) => ({ type: identifier.type, value: identifier.value, key: keyOf(identifier), segments }));
}

function named(events: readonly HistoryEventFragment[], moments: readonly Owners[]): Iterable<Identifier> {
  const all = new Map<string, Identifier>();
  const add = (identifier: Identifier) => !isErased(identifier) && all.set(keyOf(identifier), identifier);
  for (const owners of moments) {
    for (const key of owners.keys()) {
      const end = key.indexOf(':');
      add({ type: key.slice(0, end), value: key.slice(end + 1) });
    }
  }
  for (const { linked, cut } of events) for (const identifier of [...linked, ...cut]) add(identifier);
  return all.values();
}
