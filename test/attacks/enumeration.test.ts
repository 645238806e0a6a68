import { expect, it } from 'vitest';
import type { GatewayConfigInput } from '../../src/index.ts';
import { testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';

/** Guesses per door. */
const GUESSES = Number(process.env.GUESSES ?? 100);
/** Identifiers that are somebody's, and as many that are nobody's, of the same form. */
const known = Array.from({ length: GUESSES }, (_, index) => String(1_000_000 + index * 2));
const unknown = known.map((value) => String(Number(value) + 1));

const CONFIG: Partial<GatewayConfigInput> = { touchpoints: { web: { channel: 'WEB', origins: ['https://shop.example'] } } };

/** What a stranger sees of an answer, with random ids, times and the guess itself replaced. */
function seen({ statusCode, headers, body }: { statusCode: number; headers: object; body: string }, guess: string): string {
  const { date: _, 'content-length': __, 'x-request-id': ___, ...others } = headers as Record<string, unknown>;
  return `${statusCode} ${JSON.stringify(others)} ${body}`
    .replaceAll(guess, 'GUESS')
    .replace(/visitor=[^;"]+/g, 'visitor=RANDOM')
    .replace(/"id":"[^"]+"/g, '"id":"ID"');
}

it('a customer learns nothing by guessing identifiers and ids: what is known is answered as what is not', async () => {
  // No back end knows them: what a back end answers to a proven identifier is the owner's decision.
  const { gateway } = await testGateway({
    config: CONFIG,
    schema: 'type Customer { favouriteStore: String @from(source: "captured") }',
    dataSources: {},
  });
  const service = `Bearer ${await signToken({ role: 'SERVICE', subject: 'shop' })}`;
  const customer = `Bearer ${await signToken({ role: 'CUSTOMER', subject: 'somebody' })}`;
  const json = { 'content-type': 'application/json' };
  const graphql = async (query: string, variables: object, headers: Record<string, string> = {}) =>
    gateway.app.inject({ method: 'POST', url: '/graphql', headers: { ...json, ...headers }, payload: { query, variables } });
  const records = known.map((value) => ({
    type: 'buy',
    attributes: { favouriteStore: 'Leeds' },
    identifiers: [
      { type: 'crmId', value },
      { type: 'email', value: `g${value}@b.example` },
    ],
  }));
  await gateway.app.inject({ method: 'POST', url: '/interactions', headers: { ...json, authorization: service }, payload: records });
  const ids: string[] = [];
  const cursors: string[] = [];
  for (const value of known) {
    const answer = await graphql(
      'query ($i: IdentifierInput!) { customerByIdentifier(identifier: $i) { id interactions(first: 1) { edges { cursor } } } }',
      { i: { type: 'crmId', value } },
      { authorization: service },
    );
    const { id, interactions } = answer.json().data.customerByIdentifier;
    ids.push(id);
    cursors.push(interactions.edges[0].cursor);
  }
  expect(new Set(ids).size).toBe(GUESSES);
  // An id of nobody: another one of the same form.
  const otherIds = ids.map((id) => id.replace(/[0-9a-f]{8}$/, 'ffffffff'));

  // A cursor is a time and two ids: here of an interaction and a customer that nobody is.
  const otherCursors = cursors.map((cursor) => {
    const parts: unknown[] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Buffer.from(JSON.stringify(parts.map((part) => (typeof part === 'string' ? part.replace(/.{8}$/, 'ffffffff') : part)))).toString(
      'base64url',
    );
  });
  // The page after a cursor has something of the asking customer's own.
  const own = [{ type: 'view', occurredAt: new Date(Date.now() - 3_600_000) }];
  await gateway.app.inject({ method: 'POST', url: '/interactions', headers: { ...json, authorization: customer }, payload: own });

  const identifyQuery = 'mutation ($input: IdentifyInput!) { identify(input: $input) { customer { id assurance identifiers { type } } } }';
  const doors: Record<
    string,
    (guess: string, id: string, cursor: string) => Promise<{ statusCode: number; headers: object; body: string }>
  > = {
    customerByIdentifier: (value) =>
      graphql(
        'query ($i: IdentifierInput!) { customerByIdentifier(identifier: $i) { id } }',
        { i: { type: 'crmId', value } },
        { authorization: customer },
      ),
    'identify with a claimed identifier': (value) =>
      graphql(identifyQuery, { input: { identifiers: [{ type: 'email', value: `g${value}@b.example` }] } }, { authorization: customer }),
    'identify with two claimed identifiers, which may be of two customers': (value) =>
      graphql(
        identifyQuery,
        {
          input: {
            identifiers: [
              { type: 'crmId', value },
              { type: 'email', value: `g${known[0]}@b.example` },
            ],
          },
        },
        { authorization: customer },
      ),
    "a cursor of somebody's journey": (_, __, cursor) =>
      graphql(
        'query ($after: String) { customer { interactions(first: 5, after: $after) { edges { node { id } } pageInfo { hasNextPage } } } }',
        { after: cursor },
        { authorization: customer },
      ),
    'a claimed identifier in the address': (value) =>
      gateway.app.inject({
        method: 'POST',
        url: `/graphql?email=g${value}@b.example`,
        headers: json,
        payload: { query: '{ customer { id assurance favouriteStore identifiers { type } interactions { edges { cursor } } } }' },
      }),
    'interactions with given identifiers': (value) =>
      gateway.app.inject({
        method: 'POST',
        url: '/interactions',
        headers: { ...json, authorization: customer },
        payload: [{ type: 'view', identifiers: [{ type: 'crmId', value }] }],
      }),
    'the pixel': (value) => gateway.app.inject({ url: `/pixel.gif?type=open&email=g${value}@b.example` }),
    'a visitor cookie': (value) =>
      gateway.app.inject({
        method: 'POST',
        url: '/graphql',
        headers: { ...json, cookie: `visitor=${value}` },
        payload: { query: '{ customer { id assurance } }' },
      }),
    node: (_, id) => graphql('query ($id: ID!) { node(id: $id) { id } }', { id }, { authorization: customer }),
    'an entity': (_, id) =>
      graphql(
        'query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Customer { id } } }',
        { r: [{ __typename: 'Customer', id }] },
        { authorization: customer },
      ),
    'merging customers': (_, id) =>
      graphql(
        'mutation ($ids: [ID!]!) { mergeCustomers(input: { customerIds: $ids }) { customer { id } } }',
        { ids: [id, id] },
        { authorization: customer },
      ),
    'erasing a customer': (_, id) =>
      graphql('mutation ($id: ID!) { eraseCustomer(input: { customerId: $id }) { __typename } }', { id }, { authorization: customer }),
  };
  for (const [door, ask] of Object.entries(doors)) {
    const [hits, misses] = [new Set<string>(), new Set<string>()];
    for (let index = 0; index < GUESSES; index++) {
      const [hit, id, cursor] = [known[index], ids[index], cursors[index]] as [string, string, string];
      const [miss, otherId, otherCursor] = [unknown[index], otherIds[index], otherCursors[index]] as [string, string, string];
      hits.add(seen(await ask(hit, id, cursor), id).replaceAll(hit, 'GUESS'));
      misses.add(seen(await ask(miss, otherId, otherCursor), otherId).replaceAll(miss, 'GUESS'));
    }
    expect([door, [...hits].sort()]).toEqual([door, [...misses].sort()]);
  }
});
