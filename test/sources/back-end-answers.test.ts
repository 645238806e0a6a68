import { expect, it } from 'vitest';
import { memorySource, testGateway } from '../support/gateway.ts';

const SCHEMA = `
  interface Note { text: String }
  type Mail implements Note { text: String subject: String }
  type Call implements Note { text: String minutes: Int }
  union Any = Mail | Call
  type Line { sku: String! n: Int }
  enum Tier { GOLD SILVER }
  type Customer {
    name: String @from(source: "x")
    note: Note @from(source: "x", path: "value")
    any: Any @from(source: "x", path: "value")
    line: Line @from(source: "x", path: "value")
    tier: Tier @from(source: "x", path: "value")
    notes: [Note] @from(source: "x", path: "value")
    anys: [Any!] @from(source: "x", path: "value")
    lines: [Line] @from(source: "x", path: "value")
    strictLines: [Line!] @from(source: "x", path: "value")
    grid: [[Line]] @from(source: "x", path: "value")
    tiers: [Tier] @from(source: "x", path: "value")
    strictTiers: [Tier!] @from(source: "x", path: "value")
    holder: Holder @from(source: "x")
    pages(first: Int, after: String): LineConnection @from(source: "x", path: "value")
    notePages(first: Int): NoteConnection @from(source: "x", path: "value")
    own(first: Int): OwnConnection @from(source: "x", path: "value")
  }
  type Holder { value: [Note] }
  type OwnConnection { edges: [OwnEdge] pageInfo: PageInfo! }
  type OwnEdge { node: Line cursor: String! }
`;
const MAIL = { __typename: 'Mail', text: 't', subject: 's' };

async function answering(value: unknown) {
  const { ask } = await testGateway({ schema: SCHEMA, dataSources: { x: memorySource({ 1: { name: 'Ada', value } }).adapter } });
  return async (selection: string) => {
    const { data, errors } = await ask(`{ customer { name ${selection} } }`, { role: 'CUSTOMER', subject: '1' });
    const { name, ...rest } = data.customer;
    expect(name).toBe('Ada');
    return [rest, errors.map(({ path, extensions }) => [path?.slice(1).join('.'), extensions.code, extensions.source])];
  };
}
const invalid = (path: string) => [path, 'SOURCE_INVALID', 'x'];

it('an object that does not say which of the possible types it is costs itself', async () => {
  for (const value of [
    { text: 'v' },
    { __typename: 'Fax' },
    { __typename: 'Customer' },
    { __typename: 'Note' },
    { __typename: 5 },
    [MAIL],
    'Mail',
    1,
  ]) {
    const read = await answering(value);
    expect(await read('note { text }')).toEqual([{ note: null }, [invalid('note')]]);
    expect(await read('any { __typename }')).toEqual([{ any: null }, [invalid('any')]]);
  }
});

it('a wrong item of a list costs itself where items may be null', async () => {
  const read = await answering([MAIL, { text: 'u' }, { __typename: 'Fax' }, null, 5, [MAIL], MAIL]);
  const wrong = [1, 2, 4, 5];
  expect(await read('notes { text }')).toEqual([
    { notes: [{ text: 't' }, null, null, null, null, null, { text: 't' }] },
    wrong.map((index) => invalid(`notes.${index}`)),
  ]);
  expect(await read('holder { value { text } }')).toEqual([
    { holder: { value: [{ text: 't' }, null, null, null, null, null, { text: 't' }] } },
    wrong.map((index) => invalid(`holder.value.${index}`)),
  ]);
  expect((await read('anys { __typename }'))[0]).toEqual({ anys: null });
});

it('records that are none, and nulls where there may be none, are the source’s mistake', async () => {
  const read = await answering([{ sku: 'a', n: 1 }, null, 'b', { n: 2 }]);
  expect(await read('lines { sku }')).toEqual([{ lines: [{ sku: 'a' }, null, null, null] }, [invalid('lines.2'), invalid('lines.3.sku')]]);
  expect(await read('lines { __typename }')).toEqual([
    { lines: [{ __typename: 'Line' }, null, null, { __typename: 'Line' }] },
    [invalid('lines.2')],
  ]);
  expect((await read('strictLines { sku }'))[0]).toEqual({ strictLines: null });
  expect(await read('own { edges { node { sku } cursor } }')).toMatchObject([
    { own: { edges: [{ node: { sku: 'a' } }, { node: null }, { node: null }, { node: null }] } },
    [invalid('own.edges.2.node'), invalid('own.edges.3.node.sku')],
  ]);
  const [data, errors] = await read(
    'pages(first: 3) { edges { node { __typename } } } notePages(first: 3) { edges { node { __typename } } }',
  );
  const node = (...names: (string | null)[]) => ({ edges: names.map((name) => ({ node: name && { __typename: name } })) });
  expect(data).toEqual({ pages: node('Line', null, null), notePages: node(null, null, null) });
  const at = (path: string) => invalid(`${path}.node`);
  expect(errors).toEqual([at('pages.edges.2'), at('notePages.edges.0'), at('notePages.edges.2')]);
  expect((await read('pages(first: 1) { edges { node { sku } } }'))[0]).toEqual({ pages: { edges: [{ node: { sku: 'a' } }] } });
});

it('so are values of an enumeration that it does not have, and lists within lists', async () => {
  const tiers = await answering(['GOLD', 'BRONZE', null, 1]);
  expect(await tiers('tiers')).toEqual([{ tiers: ['GOLD', null, null, null] }, [invalid('tiers.1'), invalid('tiers.3')]]);
  expect((await tiers('strictTiers'))[0]).toEqual({ strictTiers: null });
  const grid = await answering([[{ sku: 'a' }, 1], 'x', null]);
  expect(await grid('grid { sku }')).toEqual([{ grid: [[{ sku: 'a' }, null], null, null] }, [invalid('grid.0.1'), invalid('grid.1')]]);
});
