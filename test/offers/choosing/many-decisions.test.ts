import { expect, it } from 'vitest';
import { longestTurnOf } from '../../support/turns.ts';
import { AGENT, offerGateway } from '../offer-gateway.ts';

const OFFERS = 1_500;
const CUSTOMERS = 100;

it('an operation for the offers of a hundred customers leaves the event loop to others between its decisions', async () => {
  const offers = Object.fromEntries(
    Array.from({ length: OFFERS }, (_, index) => [`o${index}`, { when: `customer.points + ${index} >= ${index}`, priority: index }]),
  );
  const numbers = Array.from({ length: CUSTOMERS }, (_, index) => `${index + 1}`);
  // On a busy machine it takes longer than operations may.
  const { ask } = await offerGateway({ offers, config: { limits: { time: '5m' } } });
  for (const subject of numbers) await ask('mutation { identify(input: {}) { customer { id } } }', { role: 'CUSTOMER', subject });
  const identifiers = numbers.map((value) => ({ type: 'crmId', value }));
  const query =
    'query ($i: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $i) { offers(placement: "home") { name } audiences } }';
  const found = () => ask(query, { variables: { i: identifiers }, ...AGENT });
  // The first time, code is compiled that is compiled once.
  const { data, codes } = await found();
  expect([codes, data?.customersByIdentifiers[0]]).toEqual([[], { offers: [{ name: `o${OFFERS - 1}` }], audiences: [] }]);
  expect(await longestTurnOf(found)).toBeLessThan(0.5);
});
