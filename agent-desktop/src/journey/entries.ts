import type { Entry, ListValue } from '../customer/customer-model.ts';
import type { Fact, FactList } from '../model/gateway.ts';
import type { JourneyItem } from './interaction.ts';

/** An entry of a list which an interaction names, such as the invoice of a purchase. */
export interface NamedEntry {
  readonly list: ListValue;
  readonly entry: Entry;
}

/** Names of fields and properties that hold a number by which an entry is known: `id`, `invoiceNo`, `order_id`. */
const IS_NUMBER = /^(id|no|number|.+(Id|ID|No|Number|_id|_no|_number))$/;

/** The loaded entries by the values of their numbers. An interaction is looked up by its own. */
export function entriesByNumber(lists: readonly ListValue[]): ReadonlyMap<string, NamedEntry> {
  const found = new Map<string, NamedEntry>();
  for (const list of lists) {
    const columns = list.list.columns.filter(({ path, kind }) => (kind === 'code' || kind === 'text') && IS_NUMBER.test(path));
    for (const entry of list.entries) {
      for (const { path } of columns) {
        const value = valueAt(entry, path);
        if (value !== null && !found.has(String(value))) found.set(String(value), { list, entry });
      }
    }
  }
  return found;
}

export function entryOf({ properties }: JourneyItem, entries: ReadonlyMap<string, NamedEntry>): NamedEntry | null {
  if (entries.size === 0) return null;
  for (const [name, value] of Object.entries(properties)) {
    const found = IS_NUMBER.test(name) && (typeof value === 'string' || typeof value === 'number') ? entries.get(String(value)) : undefined;
    if (found !== undefined) return found;
  }
  return null;
}

/** The value at a path such as `product.name`; null where something on the way is missing. */
export function valueAt(entry: Entry, path: string): unknown {
  let at: unknown = entry;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null) return null;
    at = (at as Record<string, unknown>)[name];
  }
  return at ?? null;
}

/** The entries of a list inside an entry. */
export function innerEntries(entry: Entry, inner: FactList['inner'][number]): readonly Entry[] {
  const value = valueAt(entry, inner.path);
  return Array.isArray(value) ? (value.filter((each) => typeof each === 'object' && each !== null) as Entry[]) : [];
}

/** Numbers of a column stand below each other: with cents for all when one has some. */
export function hasCents(column: Fact, entries: readonly Entry[]): boolean {
  return column.kind === 'number' && entries.some((entry) => !Number.isInteger(Number(valueAt(entry, column.path) ?? 0)));
}
