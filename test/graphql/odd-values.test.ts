import { expect, it } from 'vitest';
import { testGateway } from '../support/gateway.ts';

const ODD = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udc00x',
  'x'.repeat(10_000),
  '__proto__',
  'constructor',
  'toString',
  '😀',
  '../..',
  "' or 1=1 --",
  '%',
  '%00',
  '{{ id }}',
  '[object Object]',
];
const TIMES = [
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '1969-12-31T23:59:59Z',
  '9999-12-31T23:59:59.999Z',
  '2026-02-29T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '2016-12-31T23:59:60Z',
];
const I = '{ type: $odd, value: $odd }';
const C = '{ type: "crmId", value: $odd }';

/** Every argument in which a client can send a text. */
const TEXTS = [
  'query ($odd: ID!) { node(id: $odd) { id } }',
  `query ($odd: String!) { customerByIdentifier(identifier: ${I}) { id } }`,
  `query ($odd: String!) { customersByIdentifiers(identifiers: [${C}, { type: "email", value: $odd }]) { id name attributes(names: [$odd]) { value } identifiers(types: [$odd]) { value } } }`,
  'query ($odd: String!) { customer { interactions(types: [$odd], touchpoints: [$odd]) { edges { cursor } } } }',
  'query ($odd: String!) { customer { a: interactions(after: $odd) { edges { cursor } } b: interactions(before: $odd) { edges { cursor } } sessions(after: $odd) { edges { cursor } } identityEvents(after: $odd) { edges { cursor } } } }',
  `mutation ($odd: String!) { identify(input: { identifiers: [${C}, { type: "email", value: $odd }], eventId: $odd }) { outcome customer { id } } }`,
  'mutation ($odd: String!) { identify(input: { identifiers: [{ type: "crmId", value: "9" }], attributes: { a: $odd }, touchpoint: $odd }) { outcome } }',
  `mutation ($odd: String!) { captureInteractions(input: { interactions: [{ id: $odd, type: $odd, pageUrl: $odd, properties: { a: $odd }, attributes: { a: $odd }, identifiers: [${C}] }] }) { accepted rejected { code } } }`,
  'mutation ($odd: String!) { captureInteractions(input: { interactions: [{ type: "x", touchpoint: $odd }] }) { accepted rejected { code } } }',
  `mutation ($odd: String!) { createRecipientTokens(input: { recipients: [${C}], type: $odd }) { tokens } }`,
  'mutation ($odd: ID!) { mergeCustomers(input: { customerIds: [$odd, $odd] }) { customer { id } } }',
  `mutation ($odd: String!, $id: ID) { splitCustomer(input: { customerId: $id, identifiers: [${C}], reason: $odd }) { customer { id } } }`,
  `mutation ($odd: String!, $id: ID) { unlinkIdentifier(input: { customerId: $id, identifier: ${C}, reason: $odd }) { customer { id } } }`,
  'mutation ($odd: ID!) { eraseCustomer(input: { customerId: $odd }) { complete } }',
  'mutation ($odd: String!) { createHandoff(input: { touchpoint: $odd }) { token } }',
  'query ($odd: _Any!) { _entities(representations: [$odd, { __typename: "Customer", id: $odd }]) { __typename } }',
];
const AT_TIMES = [
  'query ($at: DateTime) { customer { interactions(since: $at, until: $at) { edges { node { occurredAt } } } } }',
  'mutation ($at: DateTime) { captureInteractions(input: { interactions: [{ type: "x", occurredAt: $at }] }) { accepted rejected { code } } }',
  'mutation ($at: DateTime) { identify(input: { identifiers: [{ type: "crmId", value: "9" }], occurredAt: $at }) { outcome } }',
];

it('takes or refuses any text in any argument, without a surprise', async () => {
  const { ask } = await testGateway();
  for (const role of ['SERVICE', 'AGENT', 'CUSTOMER'] as const) {
    for (const odd of ODD) {
      for (const query of TEXTS) {
        const { codes } = await ask(query, { role, subject: odd === '' ? 'x' : odd, variables: { odd, id: odd } });
        expect([query, odd, codes]).toEqual([query, odd, expect.not.arrayContaining(['INTERNAL'])]);
      }
    }
  }
});

it('refuses by name what no store holds, where something is asked for that is stored', async () => {
  const { ask } = await testGateway();
  const identify = `mutation { identify(input: { identifiers: [{ type: "crmId", value: "1" }] }) { customer { id } } }`;
  const { data } = await ask(identify, { role: 'SERVICE' });
  const { id } = data.identify.customer as { readonly id: string };
  for (const odd of ['a\0b', 'a\ud800']) {
    const cursor = (...parts: readonly (string | number)[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const journey = cursor(5, odd, id);
    for (const [field, type, given] of [
      ['interactions(types: $odd)', '[String!]', [odd]],
      ['interactions(touchpoints: $odd)', '[String!]', [odd]],
      ['interactions(after: $odd)', 'String', journey],
      ['interactions(before: $odd)', 'String', journey],
      ['sessions(after: $odd)', 'String', journey],
      ['identityEvents(after: $odd)', 'String', cursor(5, odd)],
    ] as const) {
      const query = `query ($id: ID!, $odd: ${type}) { node(id: $id) { ... on Customer { ${field} { edges { cursor } } } } }`;
      const { codes } = await ask(query, { role: 'AGENT', variables: { id, odd: given } });
      expect([field, codes]).toEqual([field, ['BAD_USER_INPUT']]);
    }
  }
  // What a viewer changes is stored with their subject. Half of a character is no part of a token.
  const { codes } = await ask(identify, { role: 'AGENT', subject: 'a\0b' });
  expect(codes).not.toContain('INTERNAL');
  const found = await ask('{ customersByIdentifiers(identifiers: []) { id } }', { role: 'AGENT', subject: 'a\0b' });
  expect(found.codes).toEqual(['UNAUTHENTICATED']);
});

it('takes or refuses any time, and answers what it took', async () => {
  const { ask } = await testGateway();
  for (const at of TIMES) {
    for (const query of AT_TIMES) {
      const { codes } = await ask(query, { role: 'CUSTOMER', subject: '1', variables: { at } });
      expect([query, at, codes]).toEqual([query, at, expect.not.arrayContaining(['INTERNAL'])]);
    }
  }
  const { codes } = await ask(
    '{ customer { firstSeenAt interactions { edges { node { occurredAt recordedAt } } } sessions { edges { node { startedAt } } } } }',
    { role: 'CUSTOMER', subject: '1' },
  );
  expect(codes).toEqual([]);
});

it('takes or refuses any text at the doors that are no GraphQL, without a surprise', async () => {
  const { gateway } = await testGateway({ config: { pixel: { plaintextIdentifiers: true } } });
  for (const odd of ODD) {
    const text = JSON.stringify(odd);
    const records = [
      { type: odd, id: odd, touchpoint: odd, pageUrl: odd, occurredAt: odd, properties: odd, attributes: { [odd]: odd } },
      { type: null, id: null, touchpoint: null, pageUrl: null, occurredAt: null, properties: null, attributes: null, identifiers: null },
      { type: 'x', identifiers: [null, { type: null, value: null }, { type: 'crmId', value: odd }, odd] },
      null,
      [null],
      odd,
      5,
    ];
    for (const payload of [
      JSON.stringify(records),
      records.map((record) => JSON.stringify(record)).join('\n'),
      text,
      'null',
      '[null]',
      `{${text}:${text}}`,
    ]) {
      for (const type of ['application/json', 'application/x-ndjson', 'text/plain']) {
        const { statusCode } = await gateway.app.inject({
          method: 'POST',
          url: '/interactions?cid=1',
          headers: { 'content-type': type },
          payload,
        });
        expect(statusCode).toBeLessThan(500);
      }
      const invalidation = await gateway.app.inject({
        method: 'POST',
        url: '/invalidate',
        headers: { 'content-type': 'application/json' },
        payload,
      });
      expect(invalidation.statusCode).toBeLessThan(500);
    }
    const address = encodeURIComponent(odd.toWellFormed());
    for (const parameters of [
      '',
      `type=${address}`,
      `type=x&cid=${address}&id=${address}&token=${address}`,
      `type=x&properties=${address}&attributes=null&occurredAt=${address}`,
      '%',
      `type=x&type=y&cid&=`,
    ]) {
      const { statusCode, headers } = await gateway.app.inject({ url: `/pixel.gif?${parameters}` });
      expect([parameters, statusCode, headers['content-type']]).toEqual([parameters, 200, 'image/gif']);
    }
  }
});
