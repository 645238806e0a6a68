import { describe, expect, it } from 'vitest';
import { handoff } from '../../src/index.ts';
import { IDENTIFIERS, testGateway } from '../support/gateway.ts';

const SCHEMA = `type Customer {
  name: String @from(source: "crm") @access(min: CLAIMED)
  notes: String @from(source: "crm") @access(min: CLAIMED, roles: [AGENT])
}`;
/** Of every field of the engine that needs something of the viewer, what is asked of it. */
const GUARDED = {
  identifiers: '{ type }',
  attributes: '{ name }',
  interactions: '{ edges { node { id } } }',
  sessions: '{ edges { node { startedAt } } }',
  identityEvents: '{ edges { node { id } } }',
  firstSeenAt: '',
  lastSeenAt: '',
};
const ALL = Object.entries(GUARDED)
  .map(([field, selection]) => `${field} ${selection}`)
  .join(' ');
const NOTHING = Object.fromEntries(Object.keys(GUARDED).map((field) => [field, null]));

describe('a field of the engine that the viewer may not read', () => {
  it('is null with its error, and the rest of the customer is there', async () => {
    const { ask } = await testGateway({ schema: SCHEMA });
    // An e-mail address in the URL proves nothing.
    const claimed = await ask(`{ customer { assurance name notes ${ALL} sources { name } } }`, { path: '/graphql?email=ada@example.com' });
    expect(claimed.data.customer).toEqual({ assurance: 'CLAIMED', name: null, notes: null, ...NOTHING, sources: expect.any(Array) });
    const paths = claimed.errors.map(({ path, extensions }) => [path?.join('.'), extensions.code]);
    expect(paths.sort()).toEqual(
      ['notes', ...Object.keys(GUARDED)]
        .map((field) => [`customer.${field}`, ['notes', 'identityEvents'].includes(field) ? 'UNAUTHENTICATED' : 'INSUFFICIENT_ASSURANCE'])
        .sort(),
    );
  });

  it.each(Object.entries(GUARDED))('costs only itself: %s', async (field, selection) => {
    const { ask } = await testGateway({ schema: SCHEMA });
    const { data, errors } = await ask(`{ customer { id ${field} ${selection} } other: customer { assurance } }`, {
      path: '/graphql?email=ada@example.com',
    });
    expect(data).toEqual({ customer: { id: expect.any(String), [field]: null }, other: { assurance: 'CLAIMED' } });
    expect(errors.map(({ path }) => path)).toEqual([['customer', field]]);
  });

  it('is the same for node, for entities and for a list of customers', async () => {
    const { ask } = await testGateway({ schema: SCHEMA });
    const by =
      '{ customersByIdentifiers(identifiers: [{ type: "crmId", value: "1" }, { type: "crmId", value: "2" }]) { id identityEvents { edges { cursor } } } }';
    const list = await ask(by, { role: 'SERVICE' });
    expect(list.data.customersByIdentifiers).toEqual([1, 2].map(() => ({ id: expect.any(String), identityEvents: null })));
    expect(list.codes).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    const { id } = list.data.customersByIdentifiers[0];
    const node = await ask('query ($id: ID!) { node(id: $id) { id ... on Customer { identityEvents { edges { cursor } } } } }', {
      variables: { id },
      role: 'SERVICE',
    });
    expect(node.data.node).toEqual({ id, identityEvents: null });
    const entities = await ask(
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { id identityEvents { edges { cursor } } } } }',
      {
        variables: { r: [{ __typename: 'Customer', id }] },
        role: 'SERVICE',
      },
    );
    expect(entities.data._entities).toEqual([{ id, identityEvents: null }]);
  });
});

describe('a query or a mutation that is refused', () => {
  it('takes nothing else of the request with it', async () => {
    const { ask } = await testGateway({ schema: SCHEMA, variables: { NODE_ENV: 'production' } });
    const queries = await ask(
      '{ a: customersByIdentifiers(identifiers: []) { id } b: customerByIdentifier(identifier: { type: "crmId", value: "1" }) { id } _service { sdl } customer { assurance } }',
      { path: '/graphql?cid=1' },
    );
    expect(queries.data).toEqual({ a: null, b: null, _service: { sdl: null }, customer: { assurance: 'RECOGNIZED' } });
    expect(queries.codes).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED']);
  });

  it('is null with its error, for every mutation, and the next one is done', async () => {
    const { ask } = await testGateway({
      schema: SCHEMA,
      config: { identifiers: { ...IDENTIFIERS, crmId: { class: 'person', unique: true, capture: [handoff('ct')] } } },
    });
    const identifier = '{ type: "crmId", value: "1" }';
    const refused = {
      identify: 'identify(input: { identifiers: [], touchpoint: "moon" }) { outcome }',
      captureInteractions: `captureInteractions(input: { interactions: [${'{ type: "x" } '.repeat(101)}] }) { accepted }`,
      createRecipientTokens: `createRecipientTokens(input: { recipients: [${identifier}] }) { tokens }`,
      mergeCustomers: 'mergeCustomers(input: { customerIds: ["1", "2"] }) { customer { id } }',
      splitCustomer: `splitCustomer(input: { identifiers: [${identifier}] }) { customer { id } }`,
      unlinkIdentifier: `unlinkIdentifier(input: { identifier: ${identifier} }) { customer { id } }`,
      eraseCustomer: 'eraseCustomer(input: { customerId: "1" }) { complete }',
      createHandoff: 'createHandoff(input: { touchpoint: "web" }) { token }',
    };
    for (const [name, mutation] of Object.entries(refused)) {
      const { data, errors } = await ask(`mutation { ${mutation} resetVisitor { customer { assurance } } }`);
      expect(data).toEqual({ [name]: null, resetVisitor: { customer: { assurance: 'ANONYMOUS' } } });
      expect(errors.map(({ path }) => path)).toEqual([[name]]);
    }
  });
});

describe('a representation that names no entity', () => {
  it('is null itself, and the others are answered in their order', async () => {
    const { ask } = await testGateway();
    const { id } = (await ask('{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { id } }', { role: 'AGENT' })).data
      .customerByIdentifier;
    const good = { __typename: 'Customer', id };
    const bad = [
      { __typename: 'Nope', id },
      { id },
      { __typename: 5, id },
      { __typename: 'Customer' },
      { __typename: 'Customer', id: null },
      { __typename: 'Customer', id: ['x'] },
      'x',
      5,
      [good],
    ];
    const r = [good, ...bad, good, { __typename: 'Customer', id: 5 }];
    const { data, errors } = await ask('query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Customer { name } } }', {
      variables: { r },
      role: 'SERVICE',
    });
    const ada = { __typename: 'Customer', name: 'Ada' };
    expect(data._entities).toEqual([ada, ...bad.map(() => null), ada, null]);
    expect(errors.map(({ path, extensions }) => [path?.[1], extensions.code])).toEqual(
      bad.map((_, index) => [index + 1, 'BAD_USER_INPUT']),
    );
  });
});
