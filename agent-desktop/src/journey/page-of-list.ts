import type { Entry } from '../customer/customer-model.ts';
import type { FactList } from '../model/gateway.ts';

/** A page of a list. */
export interface ListPageAnswer {
  readonly entries: readonly Entry[];
  /** The cursor of the next page; null where this is all. */
  readonly next: string | null;
}

interface Connection {
  readonly edges?: readonly { readonly node?: Entry | null; readonly cursor?: string }[];
  readonly pageInfo?: { readonly hasNextPage?: boolean; readonly endCursor?: string | null };
}

/**
 * What a document of `byList` answered.
 * @throws the first error, when the list is null.
 */
export function pageOf(
  answer: { readonly data: Readonly<Record<string, unknown>> | null; readonly errors: readonly unknown[] },
  list: FactList,
): ListPageAnswer {
  const node = answer.data?.node as Readonly<Record<string, unknown>> | null | undefined;
  const connection = node?.[list.path] as Connection | null | undefined;
  if (connection == null) throw answer.errors[0] ?? new Error(`${list.path}: expected a page, received null.`);
  const last = connection.edges?.at(-1)?.cursor;
  return {
    entries: (connection.edges ?? []).flatMap(({ node: entry }) => (entry == null ? [] : [entry])),
    next: connection.pageInfo?.hasNextPage ? (connection.pageInfo.endCursor ?? last ?? null) : null,
  };
}
