import { expect, it } from 'vitest';
import { graphqlAdapter, httpAdapter, redisAdapter, sqlAdapter } from '../../src/index.ts';
import { SourceError } from '../../src/model/errors.ts';
import { askAll, sourceOf } from '../support/ask-source.ts';
import { closedPort, serve } from '../support/services.ts';
import { PATIENTLY } from '../support/waiting.ts';

const QUERY = 'query ($keys: [String!]!) { things(ids: $keys) { id } }';
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

/** A back end that answers with the `authorization` header it received. */
async function listener() {
  const seen: unknown[] = [];
  const url = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.end('{"data":{"things":[]}}');
  });
  return { seen, url, withUser: (user: string) => url.replace('http://', `http://${user}@`) };
}

it('sends user and password of a URL as basic authentication, decoded', async () => {
  const { seen, withUser } = await listener();
  const http = httpAdapter({ baseUrl: withUser('us%3Aer:p%40ss%C3%A9'), batch: '/x?ids={keys}', match: 'id', select: 'data.things' });
  const gql = graphqlAdapter({ url: withUser('key:'), query: QUERY, select: 'things', match: 'id' });
  await askAll(sourceOf(http), ['a']);
  await askAll(sourceOf(gql), ['a']);
  await http.probe?.(AbortSignal.timeout(PATIENTLY.timeout));
  expect(seen).toEqual([basic('us:er:p@ssé'), basic('key:'), basic('us:er:p@ssé')]);
});

it("sends instead the owner's own header, or the client's header where that is forwarded", async () => {
  const { seen, withUser } = await listener();
  const common = { baseUrl: withUser('user:pass'), batch: '/x?ids={keys}', match: 'id', select: 'data.things' };
  await askAll(sourceOf(httpAdapter({ ...common, headers: { Authorization: 'Bearer own' } })), ['a']);
  const forwarding = sourceOf(httpAdapter({ ...common, forward: ['authorization'] }));
  await askAll(forwarding, ['a'], { headers: { authorization: 'Bearer theirs' } });
  await askAll(forwarding, ['b']);
  expect(seen).toEqual(['Bearer own', 'Bearer theirs', basic('user:pass')]);
});

it('shows no password in the message about a back end that can not be reached', async () => {
  const baseUrl = `http://user:hidden-word@127.0.0.1:${await closedPort()}`;
  const seen: unknown[] = [];
  const adapter = httpAdapter({ baseUrl, one: '/x/{key}', policy: { retries: 0 } });
  const source = sourceOf(adapter, { observer: { onFailure: ({ cause }) => void seen.push(cause) } });
  const [answer] = await askAll(source, ['a']);
  expect(answer).toBeInstanceOf(SourceError);
  expect(seen).toHaveLength(1);
  for (const error of [answer, seen[0], (seen[0] as Error).cause])
    expect(`${(error as Error).message} ${(error as Error).stack}`).not.toContain('hidden-word');
});

for (const [what, make] of [
  ['httpAdapter', () => httpAdapter({ baseUrl: 'ftp://user:hidden-word@host', one: '/{key}' })],
  ["httpAdapter with a password that can't be decoded", () => httpAdapter({ baseUrl: 'https://user:hidden-word%@host', one: '/{key}' })],
  ['graphqlAdapter', () => graphqlAdapter({ url: 'htps://user:hidden-word@host', query: QUERY, select: 'x' })],
  [
    'sqlAdapter',
    () => sqlAdapter({ url: 'postgress://user:hidden-word@host', match: 'id', query: 'select id from t where id in ($keys)' }),
  ],
  ['redisAdapter', () => redisAdapter({ url: 'http://user:hidden-word@host', hash: '{key}' })],
] as const) {
  it(`shows no password in the message about a wrong URL: ${what}`, () => {
    expect(make).toThrow(/expected an? .*URL.*, received a text that is none/);
    expect(make).not.toThrow(/hidden-word/);
  });
}

it('says that a URL is missing', () => {
  expect(() => httpAdapter({ baseUrl: undefined, one: '/{key}' })).toThrow(
    'baseUrl: expected an http(s) URL, received nothing; if it is read from a variable, that variable is not set',
  );
});
