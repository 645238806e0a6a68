import fc from 'fast-check';
import { expect, it } from 'vitest';
import { failKeys } from '../../src/adapters/graphql-errors.ts';
import { matchOf, matchRows } from '../../src/adapters/match-rows.ts';
import { graphqlAdapter } from '../../src/index.ts';
import { askAll, patient, recordsOf, sourceOf } from '../support/ask-source.ts';
import { testGateway } from '../support/gateway.ts';
import { bodyOf, serve } from '../support/services.ts';

const QUERY = 'query ($keys: [String!]!) { things(ids: $keys) { id name } }';
const FAILED = 'SOURCE_UNAVAILABLE';
const error = (...path: (string | number)[]) => ({ message: 'no record of customer 17850', ...(path.length > 0 && { path }) });

interface Case {
  readonly things: unknown;
  readonly errors: unknown;
  readonly match?: string;
  readonly many?: boolean;
  readonly keys?: readonly string[];
}

async function ask({ things, errors, keys = ['1', '2', '3'], ...options }: Case) {
  const url = await serve((_, response) => response.end(JSON.stringify({ data: { things, meta: null }, errors })));
  const adapter = graphqlAdapter({ url, query: QUERY, select: 'things', match: 'id', ...options, policy: { retries: 0 } });
  const answers = await askAll(sourceOf(adapter), keys);
  for (const answer of answers) if (answer instanceof Error) expect(answer.message).not.toContain('17850');
  return recordsOf(answers);
}
const row = (id: string, name: string | null = `Thing ${id}`) => ({ id, name });

it.each<[string, Case, unknown[]]>([
  [
    'at a field of a record fails that record’s key',
    { things: [row('3'), row('1', null), row('2')], errors: [error('things', 1, 'name')] },
    [FAILED, row('2'), row('3')],
  ],
  [
    'at an item that is null fails the keys without a row',
    { things: [row('3'), null, row('1')], errors: [error('things', 1)] },
    [row('1'), FAILED, row('3')],
  ],
  [
    'at an item that is null fails no key that has a record',
    { things: [row('3'), null, row('1'), row('2')], errors: [error('things', 1)] },
    [row('1'), row('2'), row('3')],
  ],
  [
    'at an item of a list fails the keys with an empty list',
    { things: [row('1'), null, row('3')], errors: [error('things', 1)], many: true },
    [[row('1')], FAILED, [row('3')]],
  ],
  [
    'at an item of a list fails all keys when no list is empty',
    { things: [row('1'), null, row('2'), row('3')], errors: [error('things', 1)], many: true },
    [FAILED, FAILED, FAILED],
  ],
  [
    'at an item of the only key’s list fails that key',
    { things: [row('1'), null], errors: [error('things', 1)], many: true, keys: ['1'] },
    [FAILED],
  ],
  [
    'at a field of one of a key’s records fails the key',
    { things: [row('1'), row('1', null), row('2'), row('3')], errors: [error('things', 1, 'name')], many: true },
    [FAILED, [row('2')], [row('3')]],
  ],
  [
    'at the match field of a record fails the keys without a row',
    { things: [row('3'), { id: null, name: 'Thing ?' }, row('1')], errors: [error('things', 1, 'id')] },
    [row('1'), FAILED, row('3')],
  ],
  [
    'at the object around a match field fails the keys with an empty list',
    {
      things: [{ owner: { id: '1' } }, { owner: null }],
      errors: [error('things', 1, 'owner')],
      match: 'owner.id',
      many: true,
      keys: ['1', '2'],
    },
    [[{ owner: { id: '1' } }], FAILED],
  ],
  [
    'at the match field fails all keys when no list is empty',
    { things: [row('1'), { id: null, name: 'x' }, row('2'), row('3')], errors: [error('things', 1, 'id')], many: true },
    [FAILED, FAILED, FAILED],
  ],
  [
    'without a path fails all keys when an item of a list is null and no list is empty',
    { things: [row('1'), null, row('2'), row('3')], errors: [error()], many: true },
    [FAILED, FAILED, FAILED],
  ],
  [
    'at a field of a record of another key fails no key',
    { things: [row('1'), row('2'), row('3'), row('4', null)], errors: [error('things', 3, 'name')] },
    [row('1'), row('2'), row('3')],
  ],
  [
    'deep in a record fails its key',
    { things: [{ ...row('1'), lines: [{ sku: null }] }, row('2'), row('3')], errors: [error('things', 0, 'lines', 0, 'sku')] },
    [FAILED, row('2'), row('3')],
  ],
  ['elsewhere in the data fails no key', { things: [row('1'), row('2', null)], errors: [error('meta')] }, [row('1'), row('2', null), null]],
  [
    'without a path fails the keys without a row and the keys with a null',
    { things: [row('1'), row('2', null)], errors: [error()] },
    [row('1'), FAILED, FAILED],
  ],
  [
    'with an invalid path counts as one without a path',
    { things: [row('1'), row('2'), row('3')], errors: [{ message: 'x', path: 'things' }, null, 'x'] },
    [row('1'), row('2'), row('3')],
  ],
  ['that places the whole list fails all', { things: null, errors: [error('things')] }, [FAILED, FAILED, FAILED]],
  [
    'with an index that no row has fails the keys without a row',
    { things: [row('1')], errors: [error('things', 7)] },
    [row('1'), FAILED, FAILED],
  ],
  [
    'with a path outside the list counts as one without a path',
    { things: [row('1'), row('3')], errors: { message: 'x' } },
    [row('1'), FAILED, row('3')],
  ],
  ['is none when errors is an empty object', { things: [row('1'), row('3')], errors: {} }, [row('1'), null, row('3')]],
  ['is none when errors is null', { things: [row('1'), row('2'), row('3')], errors: null }, [row('1'), row('2'), row('3')]],
])('an error %s', async (_, given, expected) => {
  expect(await ask(given)).toEqual(expected);
});

it('an error without a path fails the records with a null at any depth', async () => {
  const deep = `${'['.repeat(100_000)}null${']'.repeat(100_000)}`;
  const text = `{"data":{"things":[{"id":"1","name":${deep}},{"id":"2","name":"x"}]},"errors":[{"message":"x"}]}`;
  const url = await serve((_, response) => response.end(text));
  const adapter = graphqlAdapter({ url, query: QUERY, select: 'things', match: 'id', policy: { retries: 0 } });
  expect(recordsOf(await askAll(sourceOf(adapter), ['1', '2']))).toEqual([FAILED, { id: '2', name: 'x' }]);
});

it('without match, an error belongs to the key at its index', async () => {
  const url = await serve((_, response) =>
    response.end(JSON.stringify({ data: { things: [row('1'), null, null] }, errors: [error('things', 1)] })),
  );
  const adapter = graphqlAdapter({ url, query: QUERY, select: 'things', policy: { retries: 0 } });
  expect(recordsOf(await askAll(sourceOf(adapter), ['1', '2', '3']))).toEqual([row('1'), FAILED, null]);
});

it('never answers a key whose row has an error, nor fails one whose rows are all whole', async () => {
  const item = fc.oneof(fc.constant(null), fc.record({ id: fc.constantFrom('1', '2', '3', 'x'), isBroken: fc.boolean() }));
  await fc.assert(
    fc.asyncProperty(fc.array(item, { maxLength: 6 }), fc.boolean(), async (items, many) => {
      const keys = ['1', '2', '3'];
      const rows = items.map((each) => each && { id: each.id, name: each.isBroken ? null : 'x' });
      const errors = items.flatMap((each, index) => (each?.isBroken ? [error('things', index, 'name')] : []));
      const answers = await matchRows(keys, rows, { match: matchOf('id'), many, context: { onForeign: () => {} } });
      const failed = failKeys({ keys, answers, rows, errors, select: 'things', match: matchOf('id') });
      for (const [index, key] of keys.entries()) {
        const own = items.filter((each) => each?.id === key);
        if (!many && own.length > 1) continue;
        expect(failed[index] instanceof Error).toBe(own.some((each) => each?.isBroken));
      }
    }),
  );
});

it('keeps no partial answer, asks again for the keys that failed only, and does not count it against the back end', async () => {
  let isDown = true;
  const asked: string[][] = [];
  const url = await serve(async (request, response) => {
    const { keys } = JSON.parse(await bodyOf(request)).variables as { keys: string[] };
    asked.push(keys);
    const things = keys.map((id) => row(id, id === '2' && isDown ? null : `Thing ${id}`));
    const errors = keys.flatMap((id, index) => (id === '2' && isDown ? [error('things', index, 'name')] : []));
    response.end(JSON.stringify({ data: { things }, ...(errors.length > 0 && { errors }) }));
  });
  const things = graphqlAdapter({
    url,
    key: 'crmId',
    query: QUERY,
    select: 'things',
    match: 'id',
    policy: { cache: { ttl: '1h' }, retries: 1, breaker: { errors: 1 } },
  });
  const { ask: query } = await testGateway({
    schema: 'type Customer { thing: Thing @from(source: "things") } type Thing { name: String }',
    dataSources: { things: patient(things) },
  });
  const read = () =>
    query('query ($i: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $i) { thing { name } sources { status errorCode } } }', {
      role: 'AGENT',
      variables: { i: ['1', '2'].map((value) => ({ type: 'crmId', value })) },
    });
  const first = await read();
  expect(first.data.customersByIdentifiers).toEqual([
    { thing: { name: 'Thing 1' }, sources: [{ status: 'FRESH', errorCode: null }] },
    { thing: null, sources: [{ status: 'FAILED', errorCode: FAILED }] },
  ]);
  expect(first.codes).toEqual([FAILED]);
  isDown = false;
  const second = await read();
  expect(second.data.customersByIdentifiers[1].thing).toEqual({ name: 'Thing 2' });
  expect(second.codes).toEqual([]);
  expect(asked).toEqual([['1', '2'], ['2'], ['2']]);
});
