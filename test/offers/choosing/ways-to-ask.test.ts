import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../../support/gateway.ts';
import { ADA, AGENT, BEN, HOME, idOf, offerGateway, offersOf, type ShownOffer, see, WELCOME } from '../offer-gateway.ts';

const offers = { gift: { priority: 2, when: 'customer.tier == "GOLD"' }, welcome: WELCOME };
const ENTITIES = `query ($of: [_Any!]!) {
  _entities(representations: $of) { ... on Customer { id offers(placement: "home") { id name token } audiences } }
}`;
const NODE = 'query ($id: ID!) { node(id: $id) { ... on Customer { offers(placement: "home") { id name } } } }';

it('a federation router and node(id:) get the offers of a customer whom the viewer may see, and nobody else’s', async () => {
  const config = { audiences: { gold: 'customer.tier == "GOLD"' } };
  // The hour does not turn in the middle of the test.
  const now = () => new Date('2026-01-26T14:30:00Z');
  const { ask, ...gateway } = await offerGateway({ placements: HOME, offers, config, now });
  await see({ ask }, ADA);
  const id = await idOf({ ask }, ADA);
  const [own] = (await offersOf({ ask, ...gateway }, ADA)) as [ShownOffer];
  const of = [{ __typename: 'Customer', id }];
  for (const as of [ADA, { role: 'SERVICE', subject: 'router' }, AGENT] as const) {
    const entities = await ask(ENTITIES, { ...as, variables: { of } });
    // The same decision for the same hour, so the same token, for each of these viewers.
    const offered = { id: own.id, name: 'gift', token: own.token };
    expect([entities.data, entities.errors]).toEqual([{ _entities: [{ id, offers: [offered], audiences: ['gold'] }] }, []]);
    expect((await ask(NODE, { ...as, variables: { id } })).data).toEqual({ node: { offers: [{ id: own.id, name: 'gift' }] } });
  }
  expect((await ask(ENTITIES, { ...BEN, variables: { of } })).data).toEqual({ _entities: [null] });
  expect((await ask(NODE, { ...BEN, variables: { id } })).data).toEqual({ node: null });
  // An offer is no node: its id leads nowhere, for nobody.
  for (const as of [ADA, AGENT]) expect((await ask(NODE, { ...as, variables: { id: own.id } })).data).toEqual({ node: null });
});

it('many customers in one operation are each asked of their sources once, under as many names as the operation likes', async () => {
  const { ask, calls } = await offerGateway({ placements: HOME, offers });
  const query = `{ customersByIdentifiers(identifiers: [${['1', '2', '77'].map((value) => `{ type: "crmId", value: "${value}" }`).join()}]) {
    tier a: offers(placement: "home") { name } b: offers(placement: "home", first: 1, locale: "de") { name } } }`;
  const { data, errors } = await ask(query, AGENT);
  const both = (name: string) => ({ a: [{ name }], b: [{ name }] });
  expect([data, errors]).toEqual([
    {
      customersByIdentifiers: [
        { tier: 'GOLD', ...both('gift') },
        { tier: 'SILVER', ...both('welcome') },
        { tier: null, ...both('welcome') },
      ],
    },
    [],
  ]);
  expect(calls.loyalty).toHaveLength(1);
});

it('a trusted document asks for offers, answers them and gives a response, where nothing else may be asked', async () => {
  const directory = temporaryDirectory();
  const documents = {
    offers: 'query Offers($placement: String!) { customer { offers(placement: $placement) { name token } } }',
    respond: 'mutation Respond($token: String!) { respondToOffer(input: { token: $token, response: CLICKED }) { outcome } }',
  };
  const idOfText = (text: string) => createHash('sha256').update(text).digest('hex');
  writeFileSync(
    join(directory, 'documents.json'),
    JSON.stringify(Object.fromEntries(Object.values(documents).map((text) => [idOfText(text), text]))),
  );
  const { gateway } = await offerGateway({
    ...{ placements: HOME, offers, directory },
    config: { documents: { file: 'documents.json', only: true } },
  });
  const send = async (document: string, variables: object) => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: idOfText(document) } };
    const answer = await gateway.app.inject({ method: 'POST', url: '/graphql?cid=1', payload: { variables, extensions } });
    return answer.json();
  };
  const { data } = await send(documents.offers, { placement: 'home' });
  expect(data.customer.offers).toEqual([{ name: 'gift', token: expect.any(String) }]);
  expect((await send(documents.respond, { token: data.customer.offers[0].token })).data).toEqual({
    respondToOffer: { outcome: 'COUNTED' },
  });
  const other = await gateway.app.inject({
    method: 'POST',
    url: '/graphql?cid=1',
    payload: { query: documents.offers.replace('name', 'id') },
  });
  expect(other.json().errors[0].extensions.code).toBe('PERSISTED_DOCUMENT_REQUIRED');
});
