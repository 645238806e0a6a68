import { once } from 'node:events';
import { Readable } from 'node:stream';
import type { InjectOptions } from 'light-my-request';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { IdentityGraph } from '../../src/identity/identity-graph.ts';
import { defineAdapter } from '../../src/index.ts';
import { LongNumber } from '../../src/model/exact-json.ts';
import { textsIn } from '../../src/model/texts-in.ts';
import { quotableTexts } from '../../src/observability/quotable-texts.ts';
import { loggable } from '../../src/observability/redact.ts';
import { IDENTIFIERS, testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';

it('hides an identifier in a message, as it is and percent-encoded, whatever text it is', () => {
  for (const identifier of ['ada@example.com', "$'ada", '100%', 'half\ud800']) {
    const encoded = encodeURIComponent(identifier.toWellFormed());
    const { message } = loggable(new Error(`GET /c/${encoded} of ${identifier} failed`), [identifier]);
    expect(message).toBe('GET /c/[redacted] of [redacted] failed');
  }
});

it('hides an identifier in a message also in another case', () => {
  const error = new Error('Key (mail)=(ada@example.com) exists; GET /ADA%40EXAMPLE.COM; ΑΣΑ, ας');
  const { message } = loggable(error, ['Ada@Example.com', 'ΑΣΑ']);
  expect(message).toBe('Key (mail)=([redacted]) exists; GET /[redacted]; [redacted], ας');
});

it('finds what an error may quote of a request: strings and numbers of a document or of JSON, and normalised forms', () => {
  const document = '{ a(id: "A\\"b", n: -1785, block: """Ada L""") }';
  const json = '{"x":"Ada\\u0040x.io"}';
  const normalize = (text: string) => (text === 'A"b' ? 'a"b' : null);
  const texts = quotableTexts([document, json], [normalize]);
  expect(texts).toEqual(expect.arrayContaining([document, json, 'A"b', 'a"b', '1785', 'Ada L', 'Ada@x.io']));
});

it('takes whatever code can throw', () => {
  const cycle = new Error('around');
  cycle.cause = cycle;
  const odd = Object.assign(new Error('x'), { message: { id: 1 }, stack: 7, name: null });
  const thrown = [cycle, Object.create(null), Symbol('ada'), undefined, odd].map((error) => loggable(error, ['ada']));
  expect(thrown.map(({ message }) => message)).toEqual([
    'around',
    'a value without a text',
    'Symbol([redacted])',
    'undefined',
    '[object Object]',
  ]);
});

it('reads a text of a request once, whatever it is', () => {
  for (const text of ['\\"'.repeat(200_000), '"'.repeat(200_001), `"${'\\a'.repeat(200_000)}`])
    expect(quotableTexts([text], [])).toHaveLength(2);
});

it('leaves the whole message out where there is more to be hidden than can be looked for, and says where it was thrown', () => {
  const { message, stack } = loggable(
    new Error('no ada@example.com'),
    Array.from({ length: 6_000 }, (_, n) => `value-${n}`),
  );
  expect(message).toBe('[redacted]');
  expect(stack).toMatch(/^ {4}at .*redact\.test\.ts/);
  expect(stack).not.toContain('ada@example.com');
});

it('finds every text of a JSON value, numbers and keys that are no names among them, at any depth', () => {
  const value = {
    type: 'visit',
    'ada@example.com': [1, null, true, new LongNumber('12345678901234567890', 1)],
    a: { b: ['x', { c: 'y' }] },
  };
  expect(textsIn(value).sort()).toEqual(['1', '12345678901234567890', 'ada@example.com', 'visit', 'x', 'y']);
  const deep = JSON.parse(`${'['.repeat(100_000)}"inner"${']'.repeat(100_000)}`);
  expect(textsIn(deep)).toEqual(['inner']);
  expect(textsIn(Readable.from([]))).toEqual([]);
});

describe('no line of the log', () => {
  const SECRETS = ['17850123', 'ada@secret.example', 'hand-off-token-1', 'visitor-cookie-1', 'sub-4711-x'];

  it('has an identifier of a request, wherever on it that stands and whatever becomes of it', async () => {
    const away = defineAdapter({
      key: 'crmId',
      load: (keys) => Promise.reject(new Error(`GET https://crm.example/c/${keys[0]} failed`)),
      policy: { retries: 0, breaker: false },
    });
    const { gateway, log } = await testGateway({ dataSources: { crm: away }, provokesInternal: true });
    const search = '?cid=17850123&email=ada%40secret.example&ct=hand-off-token-1';
    const token = await signToken({ role: 'CUSTOMER', subject: 'sub-4711-x' });
    const headers = { referer: `https://shop.example/${search}`, cookie: 'visitor=visitor-cookie-1' };
    const json = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query: '{ customer { name } }' });
    for (const url of ['/graphql', '/interactions', '/pixel.gif', '/tag.js', '/nowhere', '/health/ready', '/%zz', '/graphiql']) {
      for (const authorization of [{}, { authorization: `Bearer ${token}` }, { authorization: 'Bearer sub-4711-x' }] as Record<
        string,
        string
      >[]) {
        for (const sent of [{ method: 'GET' }, { method: 'DELETE' }, { method: 'POST', payload: body }, { method: 'POST', payload: '{' }]) {
          await gateway.app.inject({
            ...sent,
            url: `${url}${search}`,
            headers: { ...json, ...headers, ...authorization },
          } as InjectOptions);
        }
      }
    }
    await gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = gateway.app.server.address() as { port: number };
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql${search}`, 'graphql-transport-ws', { headers });
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ customer { name } }' } }));
    await once(socket, 'message');
    socket.terminate();
    expect(log.length).toBeGreaterThan(50);
    const text = log.join('');
    for (const secret of SECRETS) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(encodeURIComponent(secret));
    }
  });

  it('has the normalised form of an argument on which something unexpected failed', async () => {
    const find = vi.spyOn(IdentityGraph.prototype, 'findByIdentifiers').mockImplementation(async (identifiers) => {
      throw new Error(`cannot find ${identifiers.map(({ value }) => value).join(' or ')}`);
    });
    onTestFinished(() => find.mockRestore());
    const identifiers = { ...IDENTIFIERS, phone: { class: 'person', normalize: 'phone', capture: [] } } as const;
    const { ask, log } = await testGateway({ config: { identifiers }, provokesInternal: true });
    const query = `query ($mail: String!) {
      customersByIdentifiers(identifiers: [{ type: "email", value: $mail }, { type: "phone", value: "+44 20 7946 0958" }]) { id }
    }`;
    await ask(query, { role: 'AGENT', variables: { mail: ' Ada@Secret.EXAMPLE\u200b' } });
    const lines = log.filter((line) => line.includes('unexpected')).map((line) => JSON.parse(line));
    expect(lines).toMatchObject([{ error: { message: 'cannot find [redacted] or [redacted]' } }]);
  });

  it.each<[string, InjectOptions]>([
    [
      'POST /interactions with JSON',
      {
        method: 'POST',
        url: '/interactions',
        headers: { 'content-type': 'application/json' },
        payload: '[{"type":"visit","properties":{"mail":"ada@secret.example"}}]',
      },
    ],
    [
      'POST /interactions with a line each',
      {
        method: 'POST',
        url: '/interactions',
        headers: { 'content-type': 'application/x-ndjson' },
        payload: '{"type":"visit","properties":{"mail":"ada@secret.example"}}\n',
      },
    ],
    ['the pixel', { url: '/pixel.gif', query: { type: 'visit', properties: '{"mail":"ada@secret.example"}' } }],
  ])('has a text of a record on which something unexpected failed: %s', async (_, request) => {
    const validate = (value: unknown) => {
      throw new Error(`no idea of ${JSON.stringify(value)}`);
    };
    const interactions = { visit: { '~standard': { version: 1, vendor: 'test', validate } } } as never;
    const { gateway, log } = await testGateway({ config: { interactions }, provokesInternal: true });
    expect((await gateway.app.inject(request)).statusCode).toBe(500);
    const lines = log.filter((line) => line.includes('unexpected')).map((line) => JSON.parse(line));
    expect(lines).toMatchObject([{ error: { message: expect.stringContaining('[redacted]') } }]);
    expect(log.join('')).not.toContain('ada@secret.example');
  });
});
