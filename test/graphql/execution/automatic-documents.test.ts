import { expect, it } from 'vitest';
import { documentIdOf } from '../../../src/model/document-id.ts';
import { testGateway } from '../../support/gateway.ts';
import { post } from '../../support/transports.ts';

const send = post('application/json');
/** Twenty fill what is kept of texts. */
const long = (name: string) => `query ${name} { customer { id } } #${'x'.repeat(49_000)}`;
const registering = (query: string) => ({ query, extensions: { persistedQuery: { version: 1, sha256Hash: documentIdOf(query) } } });
const byHash = (query: string) => ({ extensions: registering(query).extensions });

it('a client that sends new texts again and again, each with its hash, removes none that others ask for by hash', async () => {
  const { gateway } = await testGateway({ config: { documents: { automatic: true } } });
  const ask = (operation: object) => send({ gateway, path: '/graphql?cid=1' }, operation);
  const used = 'query Used { customer { id } }';
  await ask(registering(used));
  expect((await ask(byHash(used)))?.errors).toEqual([]);
  for (let number = 0; number < 25; number++) for (const _time of ['first', 'again']) await ask(registering(long(`Other${number}`)));
  expect((await ask(byHash(used)))?.errors).toEqual([]);
});
