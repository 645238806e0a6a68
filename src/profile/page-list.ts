import { GatewayError } from '../model/errors.ts';
import { ListCursors } from './list-cursor.ts';

/** The paging arguments of the Relay cursor connections specification. */
export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

export const PAGING_ARGUMENTS: ReadonlySet<string> = new Set(['first', 'after', 'last', 'before']);
/** A page never holds more; asking for more is BAD_USER_INPUT. */
export const MAX_PAGE = 200;

export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/**
 * A page of a list that is there as a whole.
 * @param key the items' field by which their cursors find them again; null for none.
 * @param secret of the cursors.
 * @throws GatewayError BAD_USER_INPUT for a size outside 0 to 200 or a cursor that is none.
 */
export function pageList<Node>(
  list: readonly Node[],
  { first, after, last, before }: PageArguments,
  key: string | null,
  secret: Buffer,
): Connection<Node> {
  pageSize('first', first);
  pageSize('last', last);
  const cursors = new ListCursors(list, key, secret);
  let start = after == null ? 0 : cursors.after('after', after);
  let end = before == null ? list.length : Math.min(cursors.before('before', before), list.length);
  if (first != null) end = Math.min(end, start + first);
  if (last != null) start = Math.max(start, end - last);
  else if (first == null) end = Math.min(end, start + MAX_PAGE);
  const edges: ListEdge<Node>[] = [];
  for (let position = start; position < end; position++) edges.push(new ListEdge(cursors, position, list[position] as Node));
  return {
    edges,
    pageInfo: {
      hasNextPage: end < list.length,
      hasPreviousPage: start > 0,
      get startCursor() {
        return edges[0]?.cursor ?? null;
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null;
      },
    },
  };
}

/** Makes its cursor for those who ask for it: most don't. */
export class ListEdge<Node> {
  readonly node: Node;
  readonly #cursors: ListCursors;
  readonly #position: number;

  constructor(cursors: ListCursors, position: number, node: Node) {
    this.#cursors = cursors;
    this.#position = position;
    this.node = node;
  }

  get cursor(): string {
    return this.#cursors.of(this.#position);
  }
}

/** @returns the size that was asked for, undefined for none. @throws GatewayError BAD_USER_INPUT for one outside 0 to `max`. */
export function pageSize(name: string, size: number | null | undefined, max = MAX_PAGE): number | undefined {
  if (size == null || (size >= 0 && size <= max)) return size ?? undefined;
  throw new GatewayError('BAD_USER_INPUT', `${name}: expected 0 to ${max}, received ${size}`);
}
