import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { requestIdOf } from '../../src/http/request-id.ts';
import { defineAdapter } from '../../src/index.ts';
import { testGateway } from '../support/gateway.ts';

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string;
}
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const failing = (options = {}) =>
  defineAdapter({
    key: 'crmId',
    load: () => Promise.reject(new Error('17850 is away')),
    policy: { retries: 0, breaker: false },
    ...options,
  });
const idsIn = (log: readonly string[]) => log.map((line) => JSON.parse(line)).filter(({ requestId }) => requestId !== undefined);

describe('the id of a request', () => {
  it('is its own where that is 1 to 128 visible characters of ASCII, otherwise a new one that stays', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ minLength: 100, maxLength: 140 }), fc.stringMatching(/^[!-~]{1,130}$/)), (given) => {
        const request = { headers: { 'x-request-id': given } } as never;
        const id = requestIdOf(request);
        const isFit = given.length >= 1 && given.length <= 128 && [...given].every((character) => character > ' ' && character <= '~');
        if (isFit) expect(id).toBe(given);
        else expect(id).toMatch(UUID);
        expect(requestIdOf(request)).toBe(id);
      }),
    );
  });

  it('is in every answer', async () => {
    const { gateway } = await testGateway();
    const json = { 'content-type': 'application/json' };
    const requests: Request[] = [
      { method: 'POST', url: '/graphql?cid=1', headers: json, payload: '{"query":"{ customer { name } }"}' },
      { method: 'POST', url: '/graphql?cid=1', headers: json, payload: '{"query":"{ customer { name } }"}' },
      { method: 'POST', url: '/graphql', headers: json, payload: '{"query":"{ nope }"}' },
      { method: 'POST', url: '/graphql', headers: json, payload: '{' },
      { method: 'POST', url: '/graphql', headers: { ...json, 'x-touchpoint': 'nope' }, payload: '{"query":"{ customer { id } }"}' },
      { method: 'POST', url: '/interactions', headers: json, payload: '[]' },
      { method: 'OPTIONS', url: '/graphql', headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' } },
      ...['/pixel.gif', '/tag.js', '/nowhere', '/%zz', '/metrics', '/health/live', '/health/ready', '/graphiql', '/graphql'].map((url) => ({
        method: 'GET',
        url,
      })),
      { method: 'DELETE', url: '/graphql' },
      { method: 'GET', url: '/graphql', headers: { accept: 'text/html' } },
    ];
    for (const each of requests) {
      const given = await gateway.app.inject({ ...each, headers: { ...each.headers, 'x-request-id': 'from-proxy/7' } } as never);
      expect([each.method, each.url, given.headers['x-request-id']]).toEqual([each.method, each.url, 'from-proxy/7']);
      const made = await gateway.app.inject({ ...each, headers: { ...each.headers, 'x-request-id': 'two words' } } as never);
      expect(made.headers['x-request-id']).toMatch(UUID);
    }
  });

  it('is in the answer that opens a WebSocket, and in one that refuses it', async () => {
    const { gateway } = await testGateway();
    await gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = gateway.app.server.address() as { port: number };
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', { headers: { 'x-request-id': 'socket-1' } });
    const [{ headers }] = await once(socket, 'upgrade');
    expect(headers['x-request-id']).toBe('socket-1');
    socket.terminate();
    const raw = connect(port, '127.0.0.1');
    raw.write(
      'GET /graphql HTTP/1.1\r\nhost: gateway\r\nconnection: upgrade\r\nupgrade: websocket\r\norigin: https://evil.example\r\nx-request-id: socket-2\r\n\r\n',
    );
    let answer = '';
    for await (const data of raw.setEncoding('utf8')) answer += data;
    expect(answer).toMatch(/^HTTP\/1\.1 403 .*x-request-id: socket-2\r\n/s);
  });

  it('is in the log beside an unexpected error', async () => {
    const validate = () => {
      throw new Error('no idea');
    };
    const interactions = { visit: { '~standard': { version: 1, vendor: 'test', validate } } } as never;
    const { gateway, log } = await testGateway({ provokesInternal: true, config: { interactions } });
    const headers = { 'content-type': 'application/json', 'x-request-id': 'mine' };
    const query = 'mutation { captureInteractions(input: { interactions: [{ type: "visit" }] }) { accepted } }';
    for (const [url, payload] of [
      ['/graphql', JSON.stringify({ query })],
      ['/interactions', '[{"type":"visit"}]'],
    ]) {
      const { payload: answer } = await gateway.app.inject({ method: 'POST', url: url as string, headers, payload: payload as string });
      expect(answer).toContain('"requestId":"mine"');
    }
    expect(idsIn(log).filter(({ msg }) => msg.includes('unexpected'))).toMatchObject([{ requestId: 'mine' }, { requestId: 'mine' }]);
  });

  it('is in the line of every answer, on both lanes', async () => {
    const { ask, log } = await testGateway();
    for (const id of ['full', 'fast', 'fast-too']) {
      await ask('{ customer { name } }', { path: '/graphql?cid=1', headers: { 'x-request-id': id } });
    }
    const answered = idsIn(log).filter(({ msg }) => msg === 'answered');
    expect(answered.map(({ requestId }) => requestId)).toEqual(['full', 'fast', 'fast-too']);
  });

  it('is forwarded to a back end by an adapter that says so, a generated one as well, on both lanes', async () => {
    const seen: unknown[] = [];
    const load = async (keys: readonly string[], { headers }: { headers: Readonly<Record<string, string>> }) => {
      seen.push(headers['x-request-id']);
      return keys.map(() => ({ name: 'Ada' }));
    };
    const { gateway } = await testGateway({
      dataSources: { crm: defineAdapter({ key: 'crmId', forward: ['x-request-id'], load }) },
    });
    const ask = (headers: Record<string, string>) =>
      gateway.app.inject({ method: 'POST', url: '/graphql?cid=1', headers, payload: { query: '{ customer { name } }' } });
    for (const headers of [{ 'x-request-id': 'mine' }, {}, {}] as Record<string, string>[]) {
      const { headers: answered } = await ask(headers);
      expect(seen.at(-1)).toBe(answered['x-request-id']);
    }
    expect(new Set(seen).size).toBe(3);
  });
});

describe('a data source that fails', () => {
  it('is named in a line of each request that it failed: which, how, how long, and no key', async () => {
    const { ask, log } = await testGateway({ dataSources: { crm: failing() } });
    await ask('{ customer { name } }', { path: '/graphql?cid=17850', headers: { 'x-request-id': 'mine' } });
    const lines = idsIn(log).filter(({ source }) => source === 'crm');
    expect(lines).toMatchObject([{ requestId: 'mine', source: 'crm', code: 'SOURCE_UNAVAILABLE', ms: expect.any(Number), level: 30 }]);
    expect(log.join('\n')).not.toContain('17850');
  });

  it('does not fill the log while it is away: its first failures are written, then their number', async () => {
    const { ask, log } = await testGateway({ dataSources: { crm: failing() } });
    for (let n = 0; n < 100; n++) await ask('{ customer { name } }', { path: `/graphql?cid=17850${n}` });
    const lines = log.map((line) => JSON.parse(line)).filter(({ source, level }) => source === 'crm' && level >= 30);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(20);
  });
});
