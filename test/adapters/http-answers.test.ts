import type { RequestListener } from 'node:http';
import { expect, it } from 'vitest';
import { type AdapterSamples, defineAdapter, graphqlAdapter, httpAdapter, testAdapter } from '../../src/index.ts';
import { askAll, patient, recordsOf, sourceOf } from '../support/ask-source.ts';
import { serve } from '../support/services.ts';

type Answer = readonly [status: number, body: string];

const answer =
  ([status, body]: Answer): RequestListener =>
  (_, response) =>
    response.writeHead(status).end(body);
const readAll = async (adapter: Parameters<typeof sourceOf>[0]) => recordsOf(await askAll(sourceOf(adapter), ['a', 'b']));

/** What says that nothing is there, in every kind of call. */
const NOTHING: Readonly<Record<string, Answer>> = {
  'No Content': [204, ''],
  'Reset Content': [205, ''],
  Gone: [410, '{"error":"gone"}'],
  null: [200, 'null'],
};
/** What says that a list is empty. */
const NO_ROWS: Readonly<Record<string, readonly [answer: Answer, select: string | undefined]>> = {
  ...Object.fromEntries(
    Object.entries(NOTHING).flatMap(([name, each]) => [
      [name, [each, undefined] as const],
      [`${name} with select`, [each, 'data.items'] as const],
    ]),
  ),
  'an empty list': [[200, '[]'], undefined],
  'an empty object for a list': [[200, '{}'], undefined],
  'null where the list should be': [[200, '{"data":{"items":null}}'], 'data.items'],
  'null above the list': [[200, '{"data":null}'], 'data.items'],
  'an empty object where the list should be': [[200, '{"data":{"items":{}}}'], 'data.items'],
  'an object that leaves out an empty list': [[200, '{"data":{}}'], 'data.items'],
  'a list of nothing but null': [[200, '[null,null]'], undefined],
};

it.each(Object.entries(NOTHING))('one: %s is nothing there', async (_, each) => {
  const baseUrl = await serve(answer(each));
  expect(await readAll(httpAdapter({ baseUrl, one: '/{key}', match: 'id' }))).toEqual([null, null]);
  expect(await readAll(httpAdapter({ baseUrl, one: '/{key}', select: 'data' }))).toEqual([null, null]);
});

it.each(Object.entries(NO_ROWS))('%s is no rows: for one key with many, and for a batch', async (_, [each, select]) => {
  const baseUrl = await serve(answer(each));
  const selected = select === undefined ? {} : { select };
  expect(await readAll(httpAdapter({ baseUrl, one: '/{key}', many: true, match: 'id', ...selected }))).toEqual([[], []]);
  expect(await readAll(httpAdapter({ baseUrl, one: '/{key}', many: true, ...selected }))).toEqual([[], []]);
  expect(await readAll(httpAdapter({ baseUrl, batch: '/{keys}', many: true, match: 'id', ...selected }))).toEqual([[], []]);
  expect(await readAll(httpAdapter({ baseUrl, batch: '/{keys}', match: 'id', ...selected }))).toEqual([null, null]);
});

it.each<[string, Answer, string | undefined]>([
  ['an error in the place of rows', [200, '{"error":"no"}'], 'items'],
  ['a text where rows are expected', [200, '"none"'], undefined],
  ['an object with fields where rows are expected', [200, '{"id":"a"}'], undefined],
  ['a body that is empty, with a status that has one', [200, ''], undefined],
])('%s is still no answer', async (_, each, select) => {
  const baseUrl = await serve(answer(each));
  const adapter = httpAdapter({ baseUrl, batch: '/{keys}', match: 'id', ...(select && { select }) });
  expect(await readAll(adapter)).toEqual(['SOURCE_INVALID', 'SOURCE_INVALID']);
});

it.each<[string, string]>([
  ['null', '{"data":{"things":null}}'],
  ['an empty list', '{"data":{"things":[]}}'],
  ['an empty object', '{"data":{"things":{}}}'],
  ['null items', '{"data":{"things":[null]}}'],
  ['null and an empty list of errors', '{"data":{"things":null},"errors":[]}'],
])('GraphQL: %s without an error is no rows', async (_, body) => {
  const url = await serve(answer([200, body]));
  const options = { url, query: 'query ($keys: [String!]!) { things(ids: $keys) { id } }', select: 'things', match: 'id' };
  expect(await readAll(graphqlAdapter(options))).toEqual([null, null]);
  expect(await readAll(graphqlAdapter({ ...options, many: true }))).toEqual([[], []]);
});

it('takes null in a list for no record, whatever kind answers the list', async () => {
  const list = [{ id: 'a' }, null, { id: 'b' }];
  const without = [{ id: 'a' }, { id: 'b' }];
  expect(await readAll(defineAdapter({ many: true, load: async (keys) => keys.map(() => list as never) }))).toEqual([without, without]);
  const baseUrl = await serve(answer([200, JSON.stringify(list)]));
  expect(await readAll(httpAdapter({ baseUrl, one: '/{key}', many: true }))).toEqual([without, without]);
});

it('answers a batch without match in the order of the keys, null for what is not there', async () => {
  const baseUrl = await serve((request, response) =>
    response.end(
      JSON.stringify(
        (request.url ?? '')
          .slice(2)
          .split(',')
          .map((id) => (id.length === 1 ? { id } : null)),
      ),
    ),
  );
  const samples: AdapterSamples = { known: { a: { id: 'a' }, b: { id: 'b' } }, strange: ['%41', '$1'] };
  expect(await testAdapter(patient(httpAdapter({ baseUrl, batch: '/?{keys}' })), samples)).toContain('answers in the order of the keys');
});
