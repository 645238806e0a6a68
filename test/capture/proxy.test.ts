import type { RequestListener } from 'node:http';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { Problem } from '../../src/config/problem.ts';
import { CONNECTION_TIMEOUTS } from '../../src/http/connections/connection-timeouts.ts';
import { Draining } from '../../src/http/connections/draining.ts';
import { HeldBytes } from '../../src/http/connections/held-bytes.ts';
import { HttpServers } from '../../src/http/connections/http-servers.ts';
import { createApp } from '../../src/http/create-app.ts';
import type { FastLane } from '../../src/http/graphql/fast-lane.ts';
import type { GatewayConfigInput } from '../../src/index.ts';
import { compileTrust } from '../../src/model/trust-proxy.ts';
import { Metrics } from '../../src/observability/metrics.ts';
import { IDENTIFIERS, testGateway } from '../support/gateway.ts';

type TrustProxy = GatewayConfigInput['trustProxy'];
const PUBLIC = { host: 'gw.shop.example' };
const REWRITTEN = { host: 'localhost:4000', 'x-forwarded-host': 'gw.shop.example', 'x-forwarded-proto': 'https' };

interface Behind {
  readonly trustProxy?: TrustProxy;
  readonly production?: boolean;
}

/** Asks as a proxy at an address would, on both ways through the gateway. */
async function behind({ trustProxy, production = false }: Behind) {
  const { gateway } = await testGateway({
    config: trustProxy === undefined ? {} : { trustProxy },
    variables: production ? { NODE_ENV: 'production' } : {},
  });
  const send = async (headers: Record<string, string>, remoteAddress = '127.0.0.1', path = '/graphql', payload: object = QUERY) =>
    gateway.app.inject({ method: 'POST', url: path, headers, payload, remoteAddress });
  return {
    /** Whether the visitor's cookie is `Secure`; both ways must agree. */
    isSecure: async (headers: Record<string, string>, remoteAddress?: string) => {
      const full = await send({ ...headers, accept: 'application/json;q=0.5' }, remoteAddress);
      const fast = await send(headers, remoteAddress);
      const [one, other] = [full, fast].map(({ headers: { 'set-cookie': cookie } }) => /; Secure/.test(String(cookie)));
      expect(other).toBe(one);
      expect(String(fast.headers['set-cookie'])).toMatch(/^visitor=/);
      return one;
    },
    /** Whether a page of this origin may send interactions. */
    maySend: async (origin: string, headers: Record<string, string>, remoteAddress?: string) => {
      const { statusCode } = await send({ ...headers, origin }, remoteAddress, '/interactions', [{ type: 'a' }]);
      expect([200, 403]).toContain(statusCode);
      return statusCode === 200;
    },
  };
}

const QUERY = { query: '{ customer { id } }' };

const LOCAL = '127.0.0.1';
const INSIDE = '10.0.0.1';
const ELSEWHERE = '192.0.2.1';

describe('a visitor cookie', () => {
  it.each<[string, Behind, [Record<string, string>, string, boolean][]]>([
    [
      'without a trusted proxy',
      {},
      [
        [PUBLIC, LOCAL, true],
        [{ host: 'localhost:4000' }, LOCAL, false],
        [{ host: '[::1]:4000' }, '::1', false],
        // A client that claims https gets a cookie with more protection; no client can get one with less.
        [{ host: 'localhost:4000', 'x-forwarded-proto': 'https' }, LOCAL, true],
        [{ host: LOCAL, forwarded: 'for=192.0.2.1;proto="https";host=a.example' }, LOCAL, true],
        [{ host: 'localhost:4000', 'x-forwarded-proto': 'http' }, LOCAL, false],
        [{ host: 'gw.example', 'x-forwarded-host': 'localhost' }, INSIDE, true],
      ],
    ],
    ['in production', { production: true }, [[{ host: 'localhost:4000' }, LOCAL, true]]],
    [
      'behind one proxy',
      { trustProxy: 1 },
      [
        [REWRITTEN, INSIDE, true],
        [{ host: 'localhost', 'x-forwarded-host': 'a.example' }, INSIDE, true],
        [{ host: 'gw', 'x-forwarded-host': 'localhost:3000' }, INSIDE, false],
      ],
    ],
    [
      'behind a trusted network',
      { trustProxy: '10.0.0.0/8' },
      [
        [{ host: 'gw', 'x-forwarded-host': 'localhost' }, INSIDE, false],
        [{ host: 'gw', 'x-forwarded-host': 'localhost' }, ELSEWHERE, true],
      ],
    ],
  ])('%s is Secure where it must be', async (_, options, requests) => {
    const { isSecure } = await behind(options);
    for (const [headers, address, expected] of requests) {
      expect({ headers, address, isSecure: await isSecure(headers, address) }).toEqual({ headers, address, isSecure: expected });
    }
  });
});

describe("a page of the gateway's own", () => {
  it.each<[string, Behind, [string, Record<string, string>, string, boolean][]]>([
    [
      'without a trusted proxy',
      {},
      [
        ['https://gw.shop.example', PUBLIC, LOCAL, true],
        ['https://gw.shop.example', { host: 'gw.shop.example:443' }, LOCAL, true],
        ['https://gw.shop.example:8443', PUBLIC, LOCAL, false],
        ['https://evil.example', PUBLIC, LOCAL, false],
        // A developer's proxy on this machine: a foreign page can't make a browser send the header without asking first.
        ['https://gw.shop.example', REWRITTEN, LOCAL, true],
        ['https://evil.example', REWRITTEN, LOCAL, false],
        ['https://gw.shop.example', REWRITTEN, ELSEWHERE, false],
      ],
    ],
    ['in production', { production: true }, [['https://gw.shop.example', REWRITTEN, LOCAL, false]]],
    [
      'behind one proxy',
      { trustProxy: 1 },
      [
        ['https://gw.shop.example', REWRITTEN, INSIDE, true],
        ['http://gw.shop.example', REWRITTEN, INSIDE, false],
        ['http://localhost:4000', REWRITTEN, INSIDE, false],
        ['https://evil.example', REWRITTEN, INSIDE, false],
        ['null', REWRITTEN, INSIDE, false],
        ['https://b.example', { host: 'gw', 'x-forwarded-host': 'a.example, b.example' }, INSIDE, true],
      ],
    ],
    [
      'behind a trusted network',
      { trustProxy: ['10.0.0.0/8'] },
      [
        ['https://gw.shop.example', REWRITTEN, INSIDE, true],
        ['https://gw.shop.example', REWRITTEN, ELSEWHERE, false],
      ],
    ],
  ])('%s may send, and no other', async (_, options, requests) => {
    const { maySend } = await behind(options);
    for (const [origin, headers, address, expected] of requests) {
      expect({ origin, headers, address, may: await maySend(origin, headers, address) }).toEqual({
        origin,
        headers,
        address,
        may: expected,
      });
    }
  });
});

describe("the client's address, for limits and logs", () => {
  /** What the framework makes of it, which limits and hooks of its plugins ask. */
  const addressOf = async (trustProxy: TrustProxy, remoteAddress: string) => {
    const trust = compileTrust(trustProxy ?? false);
    const app = await createApp({
      ...{
        logger: pino({ enabled: false }),
        bodyLimit: 1_000,
        origins: [],
        metrics: new Metrics(),
        seenValues: () => [],
        log: {} as never,
      },
      ...{ trust, fastLane: NO_FAST_LANE, draining: new Draining() },
      servers: new HttpServers({
        timeouts: CONNECTION_TIMEOUTS,
        held: new HeldBytes(),
        bodyLimit: 1_000,
        connections: 10,
        trust,
        onCutOff: () => {},
      }),
    });
    onTestFinished(() => app.close());
    app.get('/address', async ({ ip }) => ip);
    return (await app.inject({ url: '/address', remoteAddress, headers: { 'x-forwarded-for': '198.51.100.7, 192.0.2.1' } })).body;
  };
  const NO_FAST_LANE = { inFrontOf: (fullWay: RequestListener) => fullWay, close: () => {} } as unknown as FastLane;

  it.each<[TrustProxy, string, string]>([
    [undefined, '10.0.0.1', '10.0.0.1'],
    [0, '10.0.0.1', '10.0.0.1'],
    [1, '10.0.0.1', '192.0.2.1'],
    [2, '10.0.0.1', '198.51.100.7'],
    [true, '10.0.0.1', '198.51.100.7'],
    [['10.0.0.0/8'], '10.0.0.1', '192.0.2.1'],
    ['10.0.0.0/8, 192.0.2.0/24', '10.0.0.1', '198.51.100.7'],
    [['10.0.0.0/8'], '203.0.113.9', '203.0.113.9'],
    ['loopback', '::1', '192.0.2.1'],
  ])('with trustProxy %j and a connection from %s is %s', async (trustProxy, address, expected) => {
    expect(await addressOf(trustProxy, address)).toBe(expected);
  });
});

describe('trustProxy in the configuration', () => {
  const problemsOf = (trustProxy: unknown) => {
    const problems: Problem[] = [];
    parseConfig('gateway.config.ts', { identifiers: IDENTIFIERS, trustProxy }, (problem) => problems.push(problem));
    return problems.map(({ where, message }) => `${where}: ${message}`);
  };

  it.each([[1], [0], [true], [false], ['10.0.0.0/8, loopback'], [['loopback', '2001:db8::/32']], [() => true]])('may be %j', (value) =>
    expect(problemsOf(value)).toEqual([]),
  );

  it.each([[-1], [1.5], ['1'], [['1']], ['my-proxy'], [['10.0.0.0/99']], [[]], [{}], [null]])('may not be %j', (value) => {
    expect(problemsOf(value)).toHaveLength(1);
    expect(problemsOf(value)[0]).toMatch(/^gateway\.config\.ts: trustProxy: expected a number of proxies such as 1, their networks/);
  });
});
