import { once } from 'node:events';
import { Readable } from 'node:stream';
import type { InjectOptions } from 'light-my-request';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { defineAdapter } from '../../src/index.ts';
import { LongNumber } from '../../src/model/exact-json.ts';
import { textsIn } from '../../src/model/texts-in.ts';
import { loggable } from '../../src/observability/redact.ts';
import { testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';

it('hides an identifier in a message, as it is and percent-encoded, whatever text it is', () => {
  for (const identifier of ['ada@example.com', "$'ada", '100%', 'half\ud800']) {
    const encoded = encodeURIComponent(identifier.toWellFormed());
    const { message } = loggable(new Error(`GET /c/${encoded} of ${identifier} failed`), [identifier]);
    expect(message).toBe('GET /c/[redacted] of [redacted] failed');
  }
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
