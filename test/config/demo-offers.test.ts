import { beforeAll, describe, expect, it } from 'vitest';
import { Catalogue } from '../../examples/demo/catalogue.ts';
import { Products } from '../../examples/demo-shop/products.ts';
import { loadProject } from '../../src/config/load-project.ts';
import type { CompiledOffers } from '../../src/offers/definition/compiled-offers.ts';
import type { RuleState } from '../../src/offers/rules/rule-set.ts';
import { compileProject } from '../../src/wiring/compile-project.ts';

const NOW = new Date('2026-11-26T12:00:00Z');
const DAY = 86_400_000;

let offers: CompiledOffers;
beforeAll(async () => {
  const { offers: compiled } = await compileProject(await loadProject('gateway.config.ts'));
  if (compiled === null) throw new Error('expected the demo to have offers');
  offers = compiled;
});

interface Person {
  readonly loyalty?: { readonly tier: string; readonly points: number };
  readonly country?: string;
  readonly tickets?: readonly { readonly status: string }[];
  /** Days ago, by type of interaction. */
  readonly journey?: Readonly<Record<string, readonly number[]>>;
}

function stateOf({ loyalty, country, tickets, journey = {} }: Person): RuleState {
  const values = Object.entries({ loyalty, country, tickets }).map(([name, value]) => [name, { value: value ?? null }] as const);
  const counts = offers.traits.map(({ name, of, window }) => {
    const days = journey[of] ?? [];
    return [name, days.filter((ago) => window === null || ago * DAY < window).length] as const;
  });
  return {
    customer: new Map(values),
    assurance: 'RECOGNIZED',
    mayBeRead: true,
    attributes: { value: {} },
    journey: { value: Object.fromEntries(counts) },
    consent: { tracking: true, personalisation: true, sharing: false },
    touchpoint: 'web',
    channel: 'WEB',
    locale: null,
    now: NOW,
  };
}

/** The offers of a placement whose rule is true for a person. */
function eligible(placement: string, person: Person): string[] {
  const compiled = offers.placements.get(placement);
  if (compiled === undefined) throw new Error(`expected a placement ${placement}`);
  const verdict = compiled.rules.over(stateOf(person));
  return compiled.offers.map(({ name }) => name).filter((name) => verdict(name).kind === 'TRUE');
}

describe("the demo's offers", () => {
  it.each<[string, Person, string[], string[]]>([
    ['a visitor of whom nothing is known', {}, [], []],
    ['a visitor who looks around', { journey: { page_view: [0.1, 0.1, 0.2] } }, ['looking-around'], []],
    ['a visitor with something in the basket', { journey: { page_view: [0.1, 0.1, 0.2], add_to_cart: [0.1] } }, ['in-your-basket'], []],
    ['a gold member', { loyalty: { tier: 'GOLD', points: 5391 }, country: 'United Kingdom' }, ['free-delivery'], ['free-delivery']],
    ['a gold member who has just bought', { loyalty: { tier: 'GOLD', points: 5391 }, journey: { purchase: [2] } }, [], []],
    [
      'a silver member near to gold',
      { loyalty: { tier: 'SILVER', points: 877 } },
      ['double-points', 'nearly-gold'],
      ['double-points', 'nearly-gold'],
    ],
    [
      'a bronze member in France',
      { loyalty: { tier: 'BRONZE', points: 20 }, country: 'France' },
      ['delivery-abroad', 'double-points'],
      ['delivery-abroad', 'double-points'],
    ],
    [
      'a customer who came last year',
      { loyalty: { tier: 'BRONZE', points: 20 }, journey: { purchase: [200] } },
      ['double-points', 'win-back'],
      ['double-points', 'win-back'],
    ],
    ['a customer with an open ticket', { tickets: [{ status: 'CLOSED' }, { status: 'OPEN' }] }, [], ['open-ticket']],
  ])('are for %s', (_, person, hero, agent) => {
    expect([eligible('home-hero', person), eligible('agent', person)]).toEqual([hero, agent]);
  });

  it('have a title, a text and a page of the shop, in English and German', () => {
    const products = new Products(new Catalogue());
    const all = [...offers.placements.values()].flatMap(({ offers: shown, fallback }) => [...shown, ...(fallback ? [fallback] : [])]);
    expect(new Set(all.map(({ name }) => name)).size).toBe(9);
    for (const { content } of all) {
      expect([...content.keys()]).toEqual(['en', 'de']);
      for (const texts of content.values()) {
        expect(texts).toEqual({ title: expect.any(String), text: expect.any(String), url: expect.any(String) });
        if (texts.url !== '/') expect(products.at(texts.url as string)).not.toBeNull();
      }
    }
  });
});
