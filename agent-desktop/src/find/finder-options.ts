import { type FoundCustomer, matchOf } from './found-customer.ts';
import { hasMatch } from './marks.ts';

/** A customer who is open already. */
export interface OpenedCustomer {
  readonly key: string;
  readonly id: string | null;
  readonly name: string | null;
  /** The strongest first. */
  readonly identifiers: readonly { readonly type: string; readonly value: string }[];
  readonly openedAt: Date;
}

export type FinderOption =
  | { readonly kind: 'open'; readonly key: string; readonly opened: OpenedCustomer; readonly found: FoundCustomer | null }
  | { readonly kind: 'found'; readonly key: string; readonly found: FoundCustomer };

export interface FinderGroup {
  readonly id: 'open' | 'recent' | 'customers' | 'identifiers';
  readonly options: readonly FinderOption[];
}

export interface FinderState {
  readonly typed: string;
  readonly opened: readonly OpenedCustomer[];
  readonly recent: readonly FoundCustomer[];
  readonly found: readonly FoundCustomer[];
}

/** What the list shows, in groups without empty ones: open customers first, then those with a name, then those known by an identifier only. */
export function finderGroups({ typed, opened, recent, found }: FinderState): FinderGroup[] {
  const optionOf = (each: FoundCustomer): FinderOption => ({ kind: 'found', key: each.id, found: each });
  const isOpen = (each: FoundCustomer) => opened.some(({ id }) => id === each.id);
  const open = opened.flatMap((each): FinderOption[] => {
    const match = found.find(({ id }) => id === each.id) ?? null;
    const isShown = typed === '' || match !== null || (each.name !== null && hasMatch(each.name, typed));
    return isShown ? [{ kind: 'open', key: each.key, opened: each, found: match }] : [];
  });
  const others = found.filter((each) => !isOpen(each));
  const groups: FinderGroup[] = [
    { id: 'open', options: open },
    { id: 'recent', options: typed === '' ? eachOnce(recent.filter((each) => !isOpen(each))).map(optionOf) : [] },
    { id: 'customers', options: others.filter(({ name }) => name !== null).map(optionOf) },
    { id: 'identifiers', options: others.filter(({ name }) => name === null).map(optionOf) },
  ];
  return groups.filter(({ options }) => options.length > 0);
}

/** Two who were merged after they were open answer as one customer. */
const eachOnce = (customers: readonly FoundCustomer[]): readonly FoundCustomer[] => [
  ...new Map(customers.map((each) => [each.id, each])).values(),
];

/** The option that is chosen before any key: the first one who is not open, for who is open needs no search. */
export function firstOption(groups: readonly FinderGroup[]): FinderOption | null {
  const all = groups.flatMap(({ options }) => options);
  return all.find(({ kind }) => kind === 'found') ?? all[0] ?? null;
}

/** The sources that found the customers of a group, each once. */
export const sourcesOf = (group: FinderGroup): readonly string[] => [
  ...new Set(group.options.flatMap(({ found }) => found?.foundBy ?? [])),
];

/** By what the customers of a group were found, when it is the same for all. */
export function foundBy(group: FinderGroup, typed: string): ReturnType<typeof matchOf> | null {
  const ways = new Set(group.options.flatMap(({ found }) => (found === null ? [] : [matchOf(found, typed)])));
  const [way] = ways;
  return ways.size === 1 && way !== undefined ? way : null;
}
