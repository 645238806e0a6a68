import fc from 'fast-check';
import { expect } from 'vitest';
import type { StoreKind } from '../support/stores.ts';

/** One to three identifiers, of few values, so that operations meet. */
export function identifiersAmong(values: readonly string[]) {
  return fc.uniqueArray(fc.record({ type: fc.constantFrom('crmId', 'email', 'visitorId'), value: fc.constantFrom(...values) }), {
    minLength: 1,
    maxLength: 3,
    selector: ({ type, value }) => type + value,
  });
}

/** What holds of any store whatever was done, by however many at once. Each query finds what must not be. */
export const NEVER_IN_ANY_STORE = {
  'an alias of an alias, or of nobody':
    'select c.id from customer c left join customer r on r.id = c.root_id where r.id is null or r.root_id <> r.id',
  'an identifier of an alias, or of nobody':
    'select i.id_key from identifier i left join customer c on c.id = i.customer_id where c.id is null or c.root_id <> c.id',
  'an identifier of an erased customer':
    'select i.id_key from identifier i join customer c on c.id = i.customer_id where c.erased_at is not null',
  'an interaction under an erased id':
    'select n.id from interaction n join customer c on c.id = n.customer_id where c.erased_at is not null',
  'an attribute under an erased id': 'select a.name from attribute a join customer c on c.id = a.customer_id where c.erased_at is not null',
  'an interaction of nobody': 'select n.id from interaction n left join customer c on c.id = n.customer_id where c.id is null',
  'an erased root with a living alias':
    'select c.id from customer c join customer r on r.id = c.root_id where r.erased_at is not null and c.erased_at is null',
  'a retired cookie that somebody has': 'select r.id_key from retired_cookie r join identifier i on i.id_key = r.id_key',
  'an interaction that is stored twice': 'select id from interaction group by id, occurred_at, type having count(*) > 1',
  'something left to delete': 'select 1 from purge',
};

/** Expects that none of the queries, each by what it looks for, finds anything in a store. */
export async function expectNone(
  { kind, directory, name }: { readonly kind: StoreKind; readonly directory: string; readonly name: string },
  queries: Readonly<Record<string, string>>,
): Promise<void> {
  const rowsOf = async ([what, sql]: [string, string]) => [what, await kind.rows(directory, name, sql)] as const;
  const found = Object.fromEntries(await Promise.all(Object.entries(queries).map(rowsOf)));
  expect(found).toEqual(Object.fromEntries(Object.keys(queries).map((what) => [what, []])));
}
