import { isWholeText } from '../model/check-text.ts';
import { GatewayError } from '../model/errors.ts';
import type { Slice } from '../model/slice.ts';
import { type Connection, MAX_PAGE, type PageArguments, pageSize } from './page-list.ts';

/** Items of a page: what it has when nothing is asked for, and what it may have. */
export interface PageSizes {
  readonly size: number;
  readonly max: number;
}

/** Of stored lists, unless they say otherwise. */
export const KEYSET_PAGE: PageSizes = { size: 20, max: MAX_PAGE };

/** How the items of a stored list are named by a cursor. */
export interface Keyset<Item, Key> {
  /** The parts of an item's key in the order of the list. No part is personal data. */
  readonly keyOf: (item: Item) => readonly (string | number)[];
  /** @returns null for parts that are no key. */
  readonly parse: (parts: readonly unknown[]) => Key | null;
  readonly read: (slice: Slice<Key>) => Promise<readonly Item[]>;
}

/**
 * A page of a list that a store reads from a key on. Its cost does not depend on the length of the list, and items that are
 * added meanwhile move no other item.
 * @throws GatewayError BAD_USER_INPUT for a size beyond that or a cursor that is none.
 */
export async function pageKeyset<Item, Key>(
  { keyOf, parse, read }: Keyset<Item, Key>,
  { first, after, last, before }: PageArguments,
  { size, max }: PageSizes = KEYSET_PAGE,
): Promise<Connection<Item>> {
  const head = pageSize('first', first, max);
  const tail = pageSize('last', last, max);
  const range = { after: keyAt('after', after, parse), before: keyAt('before', before, parse) };
  const fromEnd = head === undefined && tail !== undefined;
  const limit = (fromEnd ? tail : head) ?? size;
  // One item more than asked for shows that there is another page.
  const items = await read({ limit: limit + 1, ...range, fromEnd });
  const page = fromEnd ? items.slice(0, limit).reverse() : items.slice(0, limit);
  const nodes = fromEnd || tail === undefined ? page : page.slice(Math.max(0, page.length - tail));
  const edges = nodes.map((node) => ({ node, cursor: Buffer.from(JSON.stringify(keyOf(node))).toString('base64url') }));
  const isCut = items.length > limit;
  return {
    edges,
    pageInfo: {
      hasNextPage: fromEnd ? before != null : isCut,
      hasPreviousPage: fromEnd ? isCut : after != null || nodes.length < page.length,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function keyAt<Key>(name: string, cursor: string | null | undefined, parse: (parts: readonly unknown[]) => Key | null): Key | null {
  if (cursor == null) return null;
  const parts = partsOf(cursor);
  const key = parts && parse(parts);
  if (key === null) throw new GatewayError('BAD_USER_INPUT', `${name}: expected a cursor of this connection`);
  return key;
}

function partsOf(cursor: string): readonly unknown[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    // No key has other texts, and a store would be asked for them.
    return Array.isArray(parts) && parts.every((part) => typeof part !== 'string' || isWholeText(part)) ? parts : null;
  } catch {
    return null;
  }
}
