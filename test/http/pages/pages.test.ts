import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Connection, type PageArguments, pageList } from '../../../src/profile/page-list.ts';
import { memorySource, testGateway } from '../../support/gateway.ts';

interface Item {
  readonly id: string | number;
  readonly text: string;
}
/** The pages of one gateway. */
function pageOf<Node>(list: readonly Node[], args: PageArguments, key: string | null): Connection<Node> {
  return pageList(list, args, key, Buffer.alloc(32, 'secret'));
}

const item = (id: string | number): Item => ({ id, text: `about ${id}` });

/** Every page from the first to the last. @param between is given the list after each page, and answers what it is by then. */
function walk<Node>(
  list: readonly Node[],
  size: number,
  key: string | null,
  between = (now: readonly Node[], _page: number) => now,
): Node[] {
  const seen: Node[] = [];
  let now = list;
  let after: string | null = null;
  for (let page = 0; page < 10_000; page++) {
    const { edges, pageInfo }: Connection<Node> = pageOf(now, { first: size, after }, key);
    seen.push(...edges.map(({ node }) => node));
    if (!pageInfo.hasNextPage) return seen;
    after = pageInfo.endCursor;
    now = between(now, page);
  }
  throw new Error('expected an end');
}

const sizes = fc.integer({ min: 1, max: 5 });
const ids = fc.uniqueArray(fc.oneof(fc.string(), fc.integer()), { maxLength: 30, selector: (id) => `${typeof id}${id}` });

describe('the pages of a list that a back end answers as a whole', () => {
  it.each([['id'], [null]])('repeat and skip nothing, whatever is added meanwhile, by the key %s', (key) => {
    fc.assert(
      fc.property(ids, sizes, fc.array(fc.nat({ max: 4 }), { maxLength: 30 }), (all, size, added) => {
        const before = all.map(item);
        let count = 0;
        const seen = walk(before, size, key, (now, page) => [
          ...Array.from({ length: added[page] ?? 0 }, () => item(`new ${count++} of ${all.length}${all.join()}`)),
          ...now,
        ]);
        expect(seen).toEqual(before);
      }),
    );
  });

  it('skip nothing where the last item of a page is deleted, or one in front of it', () => {
    const list = ['a', 'b', 'c', 'd', 'e'].map(item);
    const without = (...gone: string[]) => list.filter(({ id }) => !gone.includes(String(id)));
    const next = (now: readonly Item[]) =>
      pageOf(now, { first: 2, after: pageOf(list, { first: 2 }, 'id').pageInfo.endCursor }, 'id').edges.map(({ node }) => node.id);
    expect(next(without('b'))).toEqual(['c', 'd']);
    expect(next(without('a'))).toEqual(['c', 'd']);
    expect(next(without('c'))).toEqual(['d', 'e']);
    const last = (now: readonly Item[]) =>
      pageOf(now, { last: 2, before: pageOf(list, { last: 2 }, 'id').pageInfo.startCursor }, 'id').edges.map(({ node }) => node.id);
    expect(last([item('new'), ...list])).toEqual(['b', 'c']);
    expect(last(without('d'))).toEqual(['b', 'c']);
  });

  it.each([['id'], [null]])('come to an end where items look the same, by the key %s', (key) => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b'), { maxLength: 20 }), sizes, (all, size) => {
        expect(walk(all.map(item), size, key)).toEqual(all.map(item));
      }),
    );
  });

  it('come to an end where each answer is another one', () => {
    let time = 0;
    const list = ['a', 'b', 'c', 'd'];
    const seen = walk(
      list.map((id) => ({ id, time })),
      1,
      null,
      () => list.map((id) => ({ id, time: ++time })),
    );
    expect(seen.map(({ id }) => id)).toEqual(list);
  });

  it('are by position where a record has no key, or one that is no value', () => {
    const list: unknown[] = [{ id: null }, { id: { x: 1 } }, {}, null, 5, [1], 'x'];
    expect(walk(list, 1, 'id')).toEqual(list);
    const circular: { self?: unknown } = {};
    circular.self = circular;
    expect(walk([{ id: 1n }, circular, { id: 2n }], 1, null)).toHaveLength(3);
    expect(walk([{ id: 1n }, { id: '1' }, { id: 1 }], 1, 'id')).toHaveLength(3);
  });

  it.each([['id'], [null]])('cost the same however long the list is, where an item is nowhere, by the key %s', (key) => {
    let looks = 0;
    const counted = () => ({
      get id() {
        return looks++;
      },
    });
    const list = Array.from({ length: 20_000 }, counted);
    const after = Buffer.from('position:10000:aaaaaaaaaaaaaaaa').toString('base64url');
    pageOf(list, { first: 1, after }, key);
    expect(looks).toBeLessThan(1_100);
  });

  it('take any text for a cursor without harm', () => {
    const list = ['a', 'b'].map(item);
    for (const text of ['position:999999999999999:aaaaaaaaaaaaaaaa', 'position:999999999999999', 'position:0:________________']) {
      const after = Buffer.from(text).toString('base64url');
      for (const key of ['id', null]) expect(pageOf(list, { first: 2, after }, key).edges.length).toBeLessThanOrEqual(2);
    }
    for (const text of ['', 'x', 'position:-1', 'position:1:short', '["a"]']) {
      expect(() => pageOf(list, { after: Buffer.from(text).toString('base64url') }, 'id')).toThrow('expected a cursor of this connection');
    }
  });
});

describe('a connection with a cursor', () => {
  const schema = (annotation: string, more = '') => `
    type Customer { orders(first: Int = 2, after: String): OrderConnection @from(source: "orders"${annotation}) ${more} }
    type Order { no: ID! total: Float! lines: [Line!] line: Line label: String @from(source: "orders", key: "no", path: "label") }
    type Line { sku: String }`;
  const source = (records: Record<string, unknown>, options = {}) => memorySource(records, { many: true, ...options });

  it('goes on after the same item when new ones came and it changed, and gives away nothing of it', async () => {
    const records: Record<string, unknown[]> = { 1: ['o3', 'o2', 'o1'].map((no) => ({ no, total: 1 })) };
    const { ask } = await testGateway({
      schema: schema(', cursor: "no"'),
      dataSources: { orders: source(records).adapter },
    });
    const page = async (after: string | null) =>
      (
        await ask(
          'query ($after: String) { customer { orders(after: $after) { edges { cursor node { total } } pageInfo { hasNextPage endCursor } } } }',
          {
            ...{ role: 'CUSTOMER', subject: '1' },
            variables: { after },
          },
        )
      ).data.customer.orders;
    const first = await page(null);
    records[1] = [{ no: 'o4', total: 4 }, ...['o3', 'o2', 'o1'].map((no, at) => ({ no, total: 10 + at }))];
    const second = await page(first.pageInfo.endCursor);
    expect([second.edges.map(({ node }: { node: { total: number } }) => node.total), second.pageInfo.hasNextPage]).toEqual([[12], false]);
    expect(Buffer.from(first.edges[0].cursor, 'base64url').toString()).not.toContain('o3');
  });

  it.each([[', cursor: "no"'], ['']])('gives nobody a way to try what it stands for (%s)', async (annotation) => {
    const record = { no: 'ada@example.com', total: 1 };
    const cursorsOf = async (secret: string) => {
      const { ask } = await testGateway({
        schema: schema(annotation),
        dataSources: { orders: source({ 1: [record] }).adapter },
        variables: { GATEWAY_SECRET: secret },
      });
      const { data } = await ask('{ customer { orders { edges { cursor } } } }', { path: '/graphql?cid=1' });
      return Buffer.from(data.customer.orders.edges[0].cursor, 'base64url').toString();
    };
    const cursor = await cursorsOf('one secret of a gateway');
    expect(cursor).toMatch(/^position:0:[\w-]{16}$/);
    expect(await cursorsOf('one secret of a gateway')).toBe(cursor);
    expect(await cursorsOf('another secret of a gateway')).not.toBe(cursor);
  });

  it('has its field read from a source that reads the fields it needs only', async () => {
    const needed: (readonly string[] | null)[] = [];
    const load = async (keys: readonly string[], { fields }: { fields?: readonly string[] | null }) => {
      needed.push(fields === undefined || fields === null ? null : [...fields].sort());
      return keys.map(() => [{ no: 'o1', total: 1 }]);
    };
    const { ask } = await testGateway({
      schema: schema(', cursor: "no"'),
      dataSources: { orders: source({}, { load, selectsFields: true }).adapter },
    });
    await ask('{ customer { orders { edges { cursor node { total } } } } }', { role: 'CUSTOMER', subject: '1' });
    for (const fields of needed) expect(fields).toContain('no');
  });

  it.each([
    ['cursor: "nope"', 'expected cursor to be a field of Order that is in the record itself (no, total, lines, line); received "nope"'],
    ['cursor: "label"', 'expected cursor to be a field of Order that is in the record itself'],
    ['cursor: "lines"', 'expected cursor to be a field with a single value, such as an id; Order.lines is none'],
    ['cursor: "line"', 'expected cursor to be a field with a single value'],
  ])('that can be none stops the start: %s', async (annotation, message) => {
    await expect(testGateway({ schema: schema(`, ${annotation}`), dataSources: { orders: source({}).adapter } })).rejects.toThrow(message);
  });

  it('is refused where nothing is paged, or the source makes the pages', async () => {
    const single = schema('', 'name: String @from(source: "orders", path: "name", cursor: "no")');
    await expect(testGateway({ schema: single, dataSources: { orders: source({}).adapter } })).rejects.toThrow(
      'expected cursor on a connection only',
    );
    const pages = memorySource({}, { pages: true } as never);
    await expect(testGateway({ schema: schema(', cursor: "no"'), dataSources: { orders: pages.adapter } })).rejects.toThrow(
      'expected no cursor: the source makes its pages and their cursors itself',
    );
  });
});
