import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeIdentifier } from '../../src/capture/normalize.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { bearerClaim, cookie, header, issuedCookie, urlParameter } from '../../src/index.ts';
import { CLI, Command } from '../support/command.ts';
import { memorySource, temporaryDirectory, testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';

const RECOGNIZED = { assurance: 'RECOGNIZED' as const };
const identifiers = {
  crmId: {
    class: 'person' as const,
    unique: true,
    capture: [bearerClaim('sub'), urlParameter('cid', RECOGNIZED), cookie('number', RECOGNIZED), header('x-number', RECOGNIZED)],
  },
  email: { class: 'person' as const, normalize: 'email' as const },
  visitorId: { class: 'cookie' as const, capture: [issuedCookie('visitor')] },
};
const SCHEMA = `
  type Customer { order: Order @from(source: "crm") }
  type Order { sku: String  product: Product @from(source: "catalog", key: "sku") }
  type Product { title: String }
`;
const ID = '{ customer { id assurance } }';
const LONG = 'x'.repeat(257);
/** 258 bytes of UTF-8 in 129 characters. */
const WIDE = 'é'.repeat(129);

function shop(limits = {}) {
  const crm = memorySource({ 1: { sku: 'x'.repeat(256) }, 2: { sku: LONG }, 3: { sku: WIDE } });
  const asked: string[] = [];
  const catalog = memorySource(
    {},
    {
      load: async (keys) => {
        asked.push(...keys);
        return keys.map(() => ({ title: 'Tent' }));
      },
      key: undefined,
    },
  );
  const options = { config: { identifiers, limits }, schema: SCHEMA, dataSources: { crm: crm.adapter, catalog: catalog.adapter } };
  return { asked, options };
}

describe('limits.keyBytes', () => {
  it.each([
    ['a URL parameter', 'urlParameter:cid', (value: string) => ({ path: `/graphql?cid=${encodeURIComponent(value)}` })],
    ['a cookie', 'cookie:number', (value: string) => ({ cookie: `number=${encodeURIComponent(value)}` })],
    ['a token', 'bearerClaim:sub', (value: string) => ({ role: 'CUSTOMER' as const, subject: value })],
  ])('takes a longer value in %s for none, and counts it', async (_, rule, request) => {
    const { ask, gateway } = await testGateway(shop().options);
    for (const value of [LONG, WIDE]) expect((await ask(ID, request(value))).data.customer.assurance).toBe('ANONYMOUS');
    for (const value of ['x'.repeat(256), 'é'.repeat(128)]) {
      expect((await ask(ID, request(value))).data.customer.assurance).not.toBe('ANONYMOUS');
    }
    expect((await gateway.app.inject('/metrics')).body).toContain(`gateway_capture_refused_total{rule="${rule}"} 2`);
  });

  it('passes over a longer value to the next one', async () => {
    const { ask } = await testGateway(shop().options);
    expect((await ask(ID, { path: `/graphql?cid=${LONG}`, cookie: 'number=1' })).data.customer.assurance).toBe('RECOGNIZED');
  });

  it('is what the owner configures, and the error for a longer value names it', async () => {
    const { ask } = await testGateway(shop({ keyBytes: 300 }).options);
    const identify = `mutation ($i: [IdentifierInput!]!) { identify(input: { identifiers: $i }) { outcome rejected { type reason message } } }`;
    const say = async (value: string) =>
      (await ask(identify, { role: 'SERVICE', variables: { i: [{ type: 'crmId', value }] } })).data.identify;
    expect(await say('x'.repeat(300))).toEqual({ outcome: 'CREATED', rejected: [] });
    expect(await say('x'.repeat(301))).toEqual({
      outcome: 'REJECTED',
      rejected: [{ type: 'crmId', reason: 'INVALID_VALUE', message: 'longer than 300 bytes of UTF-8 (limits.keyBytes)' }],
    });
    const send =
      'mutation ($i: [IdentifierInput!]) { captureInteractions(input: { interactions: [{ type: "x", identifiers: $i }] }) { rejected { message } } }';
    const { captureInteractions } = (await ask(send, { role: 'SERVICE', variables: { i: [{ type: 'crmId', value: 'x'.repeat(301) }] } }))
      .data;
    expect(captureInteractions.rejected[0].message).toContain('longer than 300 bytes of UTF-8 (limits.keyBytes)');
  });

  it('holds for keys that are to be forgotten, and ids of events are bounded, too', async () => {
    const { ask, gateway } = await testGateway(shop().options);
    const authorization = `Bearer ${await signToken({ role: 'SERVICE', subject: 'crm' })}`;
    const forget = (key: string) =>
      gateway.app.inject({ method: 'POST', url: '/invalidate', headers: { authorization }, payload: { source: 'crm', keys: ['1', key] } });
    expect((await forget('2')).statusCode).toBeLessThan(300);
    const refused = await forget(LONG);
    expect([refused.statusCode, refused.json().error]).toEqual([
      400,
      { code: 'BAD_USER_INPUT', message: 'keys[1]: expected at most 256 bytes of UTF-8 (limits.keyBytes), received more' },
    ]);
    const identify =
      'mutation ($id: String) { identify(input: { identifiers: [{ type: "crmId", value: "1" }], eventId: $id }) { outcome } }';
    expect((await ask(identify, { role: 'SERVICE', variables: { id: 'e'.repeat(201) } })).codes).toEqual(['BAD_USER_INPUT']);
    expect((await ask(identify, { role: 'SERVICE', variables: { id: 'e'.repeat(200) } })).codes).toEqual([]);
  });

  it('makes a longer key within a record an error of its own field', async () => {
    const { asked, options } = shop();
    const { ask, log } = await testGateway(options);
    const query = '{ customer { order { product { title } } } }';
    const of = async (cid: string) => ask(query, { path: `/graphql?cid=${cid}` });
    expect((await of('1')).data.customer.order.product).toEqual({ title: 'Tent' });
    for (const cid of ['2', '3']) {
      const { data, errors } = await of(cid);
      expect(data.customer).toEqual({ order: { product: null } });
      expect(errors).toMatchObject([
        {
          message: 'catalog: expected a key of at most 256 bytes of UTF-8 (limits.keyBytes), received a longer one',
          path: ['customer', 'order', 'product'],
          extensions: { code: 'SOURCE_INVALID', source: 'catalog' },
        },
      ]);
    }
    expect(asked).toEqual(['x'.repeat(256)]);
    expect(log.join('')).not.toContain('xxxxxxxx');
  });

  it('holds for whatever form an owner makes of a value, in bytes, whatever the characters', () => {
    const text = fc.string({ unit: 'binary', minLength: 20, maxLength: 80 });
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 64, max: 128 }),
        fc.constantFrom(undefined, 'lowercase' as const, (v: string) => v + v),
        (raw, keyBytes, normalize) => {
          const result = normalizeIdentifier('any', raw, { normalize, keyBytes }, new Set());
          if (result.ok) expect(Buffer.byteLength(result.identifier.value)).toBeLessThanOrEqual(keyBytes);
        },
      ),
    );
  });

  it.each([{ keyBytes: 0 }, { keyBytes: 63 }, { keyBytes: 1025 }, { keyBytes: '256' }, { keyBits: 8 }])('can not be %j', (limits) => {
    const problems: string[] = [];
    parseConfig('gateway.config.ts', { identifiers, limits }, ({ where }) => problems.push(where));
    expect(problems).toEqual([`gateway.config.ts: limits.${Object.keys(limits)[0]}`]);
  });

  it('holds for an import, which lists what it rejects', async () => {
    const directory = temporaryDirectory();
    const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
    write('schema.graphql', 'type Customer { name: String @from(source: "captured") }');
    write(
      'gateway.config.ts',
      "import { defineGateway } from 'customer-profile-gateway';\nexport default defineGateway({ identifiers: { crmId: { class: 'person', unique: true } }, limits: { keyBytes: 64 } });\n",
    );
    write('seen.ndjson', ['a'.repeat(64), 'a'.repeat(65)].map((crmId) => JSON.stringify({ identifiers: { crmId } })).join('\n'));
    const command = new Command(CLI, [
      'import',
      'identifiers',
      join(directory, 'seen.ndjson'),
      '--config',
      join(directory, 'gateway.config.ts'),
    ]);
    const { code, stdout, stderr } = await command.ended();
    expect([code, stderr + stdout]).toEqual([0, expect.stringMatching(/rejected +1,/)]);
  });
});
