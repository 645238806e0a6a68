import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { bearerClaim, defineGateway, httpAdapter, z } from '../../src/index.ts';
import { parseInteraction } from '../../src/journey/interaction-input.ts';

function problemsOf(input: unknown): string[] {
  const problems: string[] = [];
  parseConfig('gateway.config.ts', input, ({ where, message }) => problems.push(`${where}: ${message}`));
  return problems;
}

describe('a configuration', () => {
  it('is parsed once: times are milliseconds, sizes bytes, and identifier types are what the graph and capture work with', () => {
    const sub = bearerClaim('sub');
    const config = parseConfig(
      'gateway.config.ts',
      defineGateway({
        identifiers: {
          crmId: { class: 'person', unique: true, capture: [sub] },
          phone: { class: 'person', normalize: 'phone', region: 'de', limit: 3, window: '90d' },
          visitorId: { class: 'cookie', limit: 1, hash: true },
        },
        blocked: ['Nobody'],
        interactions: { visit: z.object({}) },
        store: 'sqlite:data/customers.db',
        drain: '1.5s',
        limits: { bodyBytes: '2KB', identifiers: 7, keyBytes: 100 },
        trustProxy: 1,
      }),
      ({ message }) => expect.unreachable(message),
    );
    expect(config?.identity).toEqual({
      types: [
        { name: 'crmId', class: 'person', unique: true, limit: 1, window: null },
        { name: 'phone', class: 'person', unique: false, limit: 3, window: 90 * 24 * 60 * 60 * 1_000 },
        { name: 'visitorId', class: 'cookie', unique: true, limit: 1, window: null },
      ],
      conflict: 'reassign-latest',
      capacity: 7,
    });
    expect([...(config?.identifiers ?? [])]).toEqual([
      ['crmId', { class: 'person', isHashed: false, keyBytes: 100, capture: [sub] }],
      ['phone', { class: 'person', isHashed: false, normalize: 'phone', region: 'DE', keyBytes: 100, capture: [] }],
      ['visitorId', { class: 'cookie', isHashed: true, keyBytes: 100, capture: [] }],
    ]);
    expect(config?.blocked).toEqual(new Set(['nobody']));
    expect([...(config?.interactions.keys() ?? [])]).toEqual(['visit']);
    expect(config?.store).toEqual({ scheme: 'sqlite', path: 'data/customers.db' });
    expect([config?.drain, config?.limits.bodyBytes]).toEqual([1_500, 2_048]);
    expect([config?.trustProxy?.('10.0.0.1', 0), config?.trustProxy?.('10.0.0.1', 1)]).toEqual([true, false]);
  });

  it('that is a text or an object is named where the object is wrong', () => {
    const rate = { viewer: { grapql: '1/1s' }, address: { pixel: '1/100ms' }, identifier: 5 };
    const shown = problemsOf({ identifiers: { crmId: { class: 'person' } }, limits: { rate } });
    expect(shown).toHaveLength(3);
    expect(shown[0]).toMatch(
      /limits\.rate\.viewer\.grapql: expected no such option; there are graphql, interactions, pixel, invalidation$/,
    );
    expect(shown[1]).toMatch(/limits\.rate\.address\.pixel: expected a rate such as .*, received "1\/100ms"$/);
    expect(shown[2]).toMatch(/limits\.rate\.identifier: .*; or an object with such a rate for some of graphql.*, received 5$/);
  });

  it('that is wrong is shown without what may be a secret, and a long list of unknown options is cut', () => {
    const identifiers = { crmId: { class: 'person' } };
    const shown = problemsOf({ identifiers, viewers: { jwks: [{ k: 'SECRET' }] }, shared: 'https://user:SECRET@cache.example' }).join('\n');
    expect(shown).toContain('viewers.jwks: expected the URL of a JWK set, or a list of keys that have kty, received a list');
    expect(shown).toContain('shared: expected a redis:// or rediss:// URL, received "https://…@cache.example"');
    expect(shown).not.toContain('SECRET');
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`option${n}${'x'.repeat(200)}`, n]));
    const cut = problemsOf({ identifiers, ...many });
    expect(cut).toHaveLength(11);
    expect(cut.at(-1)).toMatch(/and 990 more: expected no such option; there are identifiers, blocked/);
    expect(cut.join('').length).toBeLessThan(6_000);
  });
});

it('an adapter names the option that is wrong in the same words', () => {
  const make = (options: object) => () => httpAdapter({ baseUrl: 'http://crm.example', one: '/{key}', ...options } as never);
  expect(make({ policy: { timeout: 5 } })).toThrow("policy.timeout: expected a duration such as '500ms', '30s' or '5m', received 5");
  expect(make({ policy: { retires: 2 } })).toThrow('policy.retires: expected no such option; there are timeout, retries, ');
});

it('an interaction is refused with the names of its fields, and with none of its values', () => {
  const refused = (record: object) => (parseInteraction(record) as { refused: { message: string } }).refused.message;
  expect(refused({ type: 'visit', email: 'ada@x.io' })).toBe(
    'email: expected no such field; there are id, type, touchpoint, occurredAt, pageUrl, properties, attributes, identifiers',
  );
  expect(refused({ type: 'visit', pageUrl: ['ada@x.io'], properties: 'ada@x.io' })).toBe(
    'pageUrl: expected string, received array; properties: expected a JSON object',
  );
});
