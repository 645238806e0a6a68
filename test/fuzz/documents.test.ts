import fc from 'fast-check';
import { buildClientSchema, type GraphQLSchema, getIntrospectionQuery } from 'graphql';
import { expect, it } from 'vitest';
import { signToken } from '../support/tokens.ts';
import { TRANSPORTS } from '../support/transports.ts';
import { corpus } from './corpus.ts';
import { type FuzzedGateway, fuzzedGateway } from './fuzzed-gateway.ts';
import { budget, mutated } from './mutate.ts';
import { operationsOf } from './operations.ts';

const DOORS = ['POST on the fast lane', 'POST in chunks, by Apollo Server', 'GET', 'an event stream'] as const;
const ROLES = ['CUSTOMER', 'AGENT', 'SERVICE', 'ADMIN'] as const;

async function tokensOf(): Promise<string[]> {
  return Promise.all(ROLES.map((role) => signToken({ role, subject: '1' })));
}

async function ask(gateway: FuzzedGateway, door: (typeof DOORS)[number], token: string, operation: object): Promise<void> {
  const authorization = `Bearer ${token}`;
  const send = TRANSPORTS[door];
  const answer = await send?.({ gateway: gateway.gateway, path: '/graphql?email=a@b.example', headers: { authorization } }, operation);
  if (answer === undefined) return;
  expect(answer.status, answer.text).toBeLessThan(500);
  gateway.expectAnswers(answer.text);
}

async function schemaOf(gateway: FuzzedGateway): Promise<GraphQLSchema> {
  const { data } = await gateway.ask(getIntrospectionQuery(), { role: 'ADMIN' });
  return buildClientSchema(data);
}

it('a broken document is refused without a surprise, by every door', async () => {
  const gateway = await fuzzedGateway();
  const tokens = await tokensOf();
  // Subscriptions have no end.
  const documents = mutated(corpus('documents'))
    .map(String)
    .filter((text) => !text.includes('subscription'));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...DOORS), fc.constantFrom(...tokens), documents, fc.jsonValue(), async (door, token, query, a) => {
      await ask(gateway, door, token, { query, variables: { n: 2, x: true, r: [{ __typename: 'Customer', id: a }], a } });
    }),
    budget(500),
  );
  await gateway.expectWell();
});

it('any operation of the schema, with odd values in all arguments, is answered without a surprise', async () => {
  const gateway = await fuzzedGateway();
  const tokens = await tokensOf();
  const operations = operationsOf(await schemaOf(gateway));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...DOORS), fc.constantFrom(...tokens), operations, async (door, token, operation) => {
      await ask(gateway, door, token, operation);
    }),
    budget(1_000),
  );
  await gateway.expectWell();
});
