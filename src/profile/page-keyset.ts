import { GatewayError } from '../model/errors.ts';
import { type Connection, pageSize } from './page-list.ts';

/** How the items of a stored list are named by a cursor. */
export interface Keyset<Item, Key> {
  /** The parts of an item's place in the list, none of them personal. */
  readonly keyOf: (item: Item) => readonly (string | number)[];
  /** @returns null for parts that are no place. */
  readonly parse: (parts: readonly unknown[]) => Key | null;
  /** At most so many, in order, beginning after a place. */
  readonly read: (limit: number, after: Key | null) => Promise<readonly Item[]>;
}

/**
 * A page of a list that a store reads from a place on: it costs the same however long the list is, and what is
 * added meanwhile moves nothing.
 * @param size what `first` is when left out.
 * @throws GatewayError BAD_USER_INPUT for a size outside 0 to 200 or a cursor that is none.
 */
export async function pageKeyset<Item, Key>(
  { keyOf, parse, read }: Keyset<Item, Key>,
  { first, after }: { readonly first?: number | null | undefined; readonly after?: string | null | undefined },
  size = 20,
): Promise<Connection<Item>> {
  const limit = pageSize('first', first) ?? size;
  // One more than asked for tells whether there is a next page.
  const items = await read(limit + 1, after == null ? null : placeOf(after, parse));
  const edges = items.slice(0, limit).map((node) => ({ node, cursor: Buffer.from(JSON.stringify(keyOf(node))).toString('base64url') }));
  return {
    edges,
    pageInfo: {
      hasNextPage: items.length > limit,
      hasPreviousPage: after != null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function placeOf<Key>(cursor: string, parse: (parts: readonly unknown[]) => Key | null): Key {
  const parts = partsOf(cursor);
  const key = parts && parse(parts);
  if (key === null) throw new GatewayError('BAD_USER_INPUT', 'after: expected a cursor of this connection');
  return key;
}

function partsOf(cursor: string): readonly unknown[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : null;
  } catch {
    return null;
  }
}
