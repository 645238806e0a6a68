import { readFileSync } from 'node:fs';
import { serverAudits } from 'graphql-http';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/model/errors.ts';
import { testGateway } from '../support/gateway.ts';

describe('GraphQL over HTTP', () => {
  it('passes the audit of graphql-http, every MUST of it', async () => {
    const { gateway } = await testGateway();
    const audits = serverAudits({
      url: 'http://gateway.test/graphql',
      fetchFn: async (url: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}) => {
        const { pathname, search } = new URL(url);
        // GET is a simple request, which the CSRF prevention refuses without a header that a form can't set.
        const headers = { ...init.headers, 'apollo-require-preflight': '1' };
        const response = await gateway.app.inject({
          method: (init.method ?? 'GET') as 'GET',
          url: pathname + search,
          headers,
          payload: init.body,
        });
        return new Response(response.statusCode === 204 ? null : response.body, {
          status: response.statusCode,
          headers: Object.entries(response.headers).map(([name, value]) => [name, String(value)] as [string, string]),
        });
      },
    });
    const results = await Promise.all(audits.map((audit) => audit.fn()));
    expect(results.filter(({ status }) => status === 'error').map(({ name }) => name)).toEqual([]);
  });

  it('answers a wrong document with 200 or 400, as the accepted type wants it', async () => {
    const { ask } = await testGateway();
    for (const query of ['{ nonsense }', '{', 'query ($i: IdentifierInput!) { customerByIdentifier(identifier: $i) { id } }']) {
      expect((await ask(query, { headers: { accept: 'application/json' } })).status).toBe(200);
      expect((await ask(query, { headers: { accept: 'application/graphql-response+json' } })).status).toBe(400);
    }
  });

  it('takes null for variables and extensions as none, in a body and in an address', async () => {
    const { gateway } = await testGateway();
    const query = '{ __typename }';
    const headers = { 'apollo-require-preflight': '1' };
    for (const name of ['variables', 'extensions']) {
      const url = `/graphql?query=${encodeURIComponent(query)}&${name}=null`;
      const answers = [
        await gateway.app.inject({ url, headers }),
        await gateway.app.inject({ method: 'POST', url: '/graphql', payload: { query, [name]: null } }),
      ];
      for (const { statusCode, body } of answers) {
        expect([statusCode, JSON.parse(body)]).toEqual([200, { data: { __typename: 'Query' } }]);
      }
    }
  });

  it('refuses a request that a form on another page could send', async () => {
    const { gateway } = await testGateway();
    const get = await gateway.app.inject({ url: '/graphql?query={__typename}' });
    expect(get.statusCode).toBe(400);
    const plain = await gateway.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': 'text/plain' },
      payload: '{"query":"{__typename}"}',
    });
    expect(plain.statusCode).toBeGreaterThanOrEqual(400);
  });

  it('lets browsers of configured origins call with cookies, and no others', async () => {
    const { gateway } = await testGateway({ config: { touchpoints: { web: { channel: 'WEB', origins: ['https://shop.example'] } } } });
    const preflight = async (origin: string) =>
      (await gateway.app.inject({ method: 'OPTIONS', url: '/graphql', headers: { origin, 'access-control-request-method': 'POST' } }))
        .headers;
    expect(await preflight('https://shop.example')).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-credentials': 'true',
    });
    expect((await preflight('https://evil.example'))['access-control-allow-origin']).toBeUndefined();
  });

  it('forbids caches to keep an answer', async () => {
    const { gateway } = await testGateway();
    const { headers } = await gateway.app.inject({ method: 'POST', url: '/graphql', payload: { query: '{ __typename }' } });
    expect(headers['cache-control']).toBe('private, no-store');
  });
});

describe('an operation beyond a limit', () => {
  const fields = (count: number, of = '__typename') => Array.from({ length: count }, (_, n) => `a${n}: ${of}`).join(' ');
  const config = { limits: { depth: 3, aliases: 5, rootFields: 4, directives: 2, tokens: 200, bodyBytes: '4KB' as const } };

  it.each([
    ['depth', '{ customer { identifiers { type } } __schema { types { fields { name } } } }'],
    ['aliases', `{ customer { ${fields(6, 'id')} } }`],
    ['rootFields', '{ __typename customer { id } b: __typename c: __typename d: __typename }'],
    ['directives', '{ customer @include(if: true) { id @skip(if: false) assurance @skip(if: false) } }'],
    ['tokens', `{ ${'customer { id } '.repeat(60)} }`],
    ['rootFields', 'fragment F on Query { a: __typename b: __typename } { ...F ...F ...F }'],
  ])('of %s is refused without data', async (limit, query) => {
    const { ask } = await testGateway({ config });
    const { status, data, errors } = await ask(query);
    expect([status, data, errors[0]?.extensions.code, errors[0]?.extensions.limit]).toEqual([
      400,
      undefined,
      'OPERATION_TOO_COMPLEX',
      limit,
    ]);
  });

  it('is refused fast also where fragments multiply', async () => {
    const levels = Array.from({ length: 30 }, (_, n) => `fragment F${n} on Customer { ...F${n + 1} ...F${n + 1} }`).join(' ');
    const { ask } = await testGateway();
    const { codes } = await ask(`${levels} fragment F30 on Customer { id } { customer { ...F0 } }`);
    expect(codes).toEqual(['OPERATION_TOO_COMPLEX']);
  });

  it('of bytes is refused with 413', async () => {
    const { ask, gateway } = await testGateway({ config });
    expect((await ask('{ __typename }')).status).toBe(200);
    const large = await gateway.app.inject({ method: 'POST', url: '/graphql', payload: { query: `{ __typename } #${'x'.repeat(5_000)}` } });
    expect(large.statusCode).toBe(413);
  });

  it('within the limits is answered', async () => {
    const { ask } = await testGateway({ config });
    expect((await ask('{ customer { id ...F } } fragment F on Customer { assurance }')).errors).toEqual([]);
  });
});

describe('in production', () => {
  const variables = { NODE_ENV: 'production' };

  it('introspection and the pages are off, until they are switched on', async () => {
    const off = await testGateway({ variables });
    expect((await off.ask('{ __schema { queryType { name } } }')).codes).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect((await off.gateway.app.inject({ url: '/graphiql' })).statusCode).toBe(404);
    const on = await testGateway({ variables, config: { production: { introspection: true, ide: true } } });
    expect((await on.ask('{ __schema { queryType { name } } }')).data.__schema.queryType.name).toBe('Query');
    expect((await on.gateway.app.inject({ url: '/graphiql' })).statusCode).toBe(200);
  });

  it('a secret is required', async () => {
    await expect(testGateway({ variables: { ...variables, GATEWAY_SECRET: undefined } })).rejects.toThrow(
      /GATEWAY_SECRET: expected one or more secrets/,
    );
    await expect(testGateway({ variables: { ...variables, GATEWAY_SECRET: 'short' } })).rejects.toThrow(/at least 16 characters/);
  });

  it('the whole schema is refused without a token', async () => {
    const { ask } = await testGateway({ variables });
    expect((await ask('{ _service { sdl } }')).codes).toEqual(['UNAUTHENTICATED']);
  });
});

describe('federation', () => {
  const ENTITIES = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { id name } } }';

  it('shows a router the schema with the entity, and without the annotations', async () => {
    const { ask } = await testGateway();
    const { sdl } = (await ask('{ _service { sdl } }')).data._service;
    expect(sdl).toMatch(/type Customer implements Node\s+@key\(fields: "id"\)/);
    expect(sdl).not.toMatch(/@from|@access/);
  });

  it('resolves references for agents and services, null for an unknown id', async () => {
    const { ask } = await testGateway();
    const { id } = (await ask('{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { id } }', { role: 'AGENT' })).data
      .customerByIdentifier;
    const r = [id, '00000000-0000-4000-8000-000000000000', 'x'].map((id) => ({ __typename: 'Customer', id }));
    const trusted = await ask(ENTITIES, { variables: { r }, role: 'SERVICE' });
    expect(trusted.data._entities).toEqual([{ id, name: 'Ada' }, null, null]);
    const own = await ask(ENTITIES, { variables: { r }, role: 'CUSTOMER', subject: '1' });
    expect(own.data._entities[0]).toEqual({ id, name: 'Ada' });
    const other = await ask(ENTITIES, { variables: { r }, role: 'CUSTOMER', subject: '2' });
    expect(other.data._entities).toEqual([null, null, null]);
  });
});

describe('operations', () => {
  it('are live, ready and counted', async () => {
    const { gateway } = await testGateway();
    expect((await gateway.app.inject('/health/live')).json()).toEqual({ status: 'ok' });
    expect((await gateway.app.inject('/health/ready')).json()).toEqual({ ready: true, store: true, sources: { crm: true } });
    expect((await gateway.app.inject('/metrics')).body).toContain(
      'gateway_http_request_duration_seconds_count{route="/health/ready",status="200"} 1',
    );
  });
});

describe('the table of errors', () => {
  it('is the one that the documentation shows', () => {
    const rows = readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `([A-Z_]+)` +\| (\d{3}) +\| (.+?) +\|$/gm);
    const documented = Object.fromEntries([...rows].map(([, code, status, meaning]) => [code, { status: Number(status), meaning }]));
    expect(documented).toEqual(ERROR_CODES);
  });
});
