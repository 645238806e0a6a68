import { parseConfig } from '../../src/config/parse-config.ts';
import { defineAdapter, type GatewayConfigInput, type OfferDefinition, type Project, urlParameter } from '../../src/index.ts';
import { parseOffer } from '../../src/offers/definition/define-offer.ts';

/** What the rules of the bench read of a customer. */
export interface BenchCustomer {
  readonly loyalty: { readonly tier: string; readonly points: number };
  readonly country: string;
}

/** A condition: as a term of a rule, and written by hand. */
interface Condition {
  readonly text: string;
  readonly holds: (customer: BenchCustomer, counts: Counts) => boolean;
}

export type Counts = (type: string, window: string) => number;

const TIERS = ['BRONZE', 'SILVER', 'GOLD'] as const;
const COUNTRIES = ['United Kingdom', 'France', 'Germany', 'Spain', 'Norway', 'EIRE', 'Belgium', 'Portugal', 'Italy', 'Japan'] as const;
const TYPES = ['purchase', 'page_view', 'add_to_cart'] as const;
const WINDOWS = ['1d', '30d', '90d'] as const;

/** About 40 conditions, from which every rule of a shop with few kinds of offers is made. */
const POOL: readonly Condition[] = [
  ...TIERS.map((tier) => ({ text: `customer.loyalty.tier == "${tier}"`, holds: ({ loyalty }: BenchCustomer) => loyalty.tier === tier })),
  ...COUNTRIES.map((name) => ({ text: `customer.country == "${name}"`, holds: ({ country }: BenchCustomer) => country === name })),
  ...[100, 300, 600, 1_000, 2_000].map((points) => ({
    text: `customer.loyalty.points > ${points}`,
    holds: ({ loyalty }: BenchCustomer) => loyalty.points > points,
  })),
  ...TYPES.flatMap((type) =>
    WINDOWS.flatMap((window) => [
      { text: `journey.count("${type}", "${window}") > 0`, holds: (_: BenchCustomer, counts: Counts) => counts(type, window) > 0 },
      { text: `journey.count("${type}", "${window}") == 0`, holds: (_: BenchCustomer, counts: Counts) => counts(type, window) === 0 },
    ]),
  ),
];

/** A rule of two or three conditions. @param shared false: one of them occurs in no other rule. */
export function conditionsOf(index: number, shared: boolean): Condition[] {
  const pick = (step: number) => POOL[(index * step + step) % POOL.length] as Condition;
  if (shared) return index % 2 === 0 ? [pick(7), pick(11)] : [pick(7), pick(11), pick(13)];
  const points = index * 3;
  const own = {
    text: `customer.loyalty.points + ${index} > ${points + 1_000}`,
    holds: ({ loyalty }: BenchCustomer) => loyalty.points + index > points + 1_000,
  };
  return [pick(7), own];
}

/** Every third rule is a disjunction, as rules for one of several countries or tiers are. */
export const isAny = (index: number) => index % 3 === 0;

export function nameOf(offers: number, shared: boolean): string {
  return `${shared ? 'shared' : 'distinct'}-${offers}`;
}

const offerName = (index: number) => `offer-${index}`;
export const worthOf = (index: number) => 1 + (index % 17);

/** Any customer number has a record. */
export function customerOf(key: string): BenchCustomer {
  const number = Number(key);
  return {
    loyalty: { tier: TIERS[number % TIERS.length] as string, points: (number * 37) % 3_000 },
    country: COUNTRIES[number % COUNTRIES.length] as string,
  };
}

const SCHEMA = `
  type Customer {
    country: String @from(source: "crm")
    loyalty: Loyalty @from(source: "crm")
  }
  type Loyalty { tier: String points: Int }
`;

/** A project with one placement, whose offers have rules over two fields and nine counters. Its source answers from memory. */
export function projectOf(directory: string, offers: number, shared: boolean): Project {
  const placement = nameOf(offers, shared);
  const problems: string[] = [];
  const fail = ({ message }: { readonly message: string }) => void problems.push(message);
  const config: GatewayConfigInput = {
    identifiers: { crmId: { class: 'person', unique: true, capture: [urlParameter('cid', { assurance: 'RECOGNIZED' })] } },
    touchpoints: { web: { channel: 'WEB' } },
    store: 'sqlite:gateway.db',
    placements: { [placement]: { slots: 2 } },
    decisions: { control: 0.05 },
  };
  const files = Array.from({ length: offers }, (_, index) => {
    const conditions = conditionsOf(index, shared).map(({ text }) => text);
    const definition: OfferDefinition = {
      placements: [placement],
      when: conditions.join(isAny(index) ? ' || ' : ' && '),
      content: { en: { title: `Offer ${index}` } },
      value: worthOf(index),
    };
    return {
      name: offerName(index),
      file: `offers/${offerName(index)}.ts`,
      text: '',
      offer: parseOffer(offerName(index), definition, fail),
    };
  });
  const project = {
    directory,
    configFile: 'bench',
    configText: '',
    config: parseConfig('bench', config, fail),
    schema: { file: 'schema.graphql', text: SCHEMA },
    dataSources: new Map([['crm', defineAdapter({ key: 'crmId', load: async (keys) => keys.map((key) => ({ ...customerOf(key) })) })]]),
    brokenDataSources: new Set<string>(),
    resolvers: null,
    documents: [],
    offers: files,
    problems: [],
  };
  if (problems.length > 0) throw new Error(`expected a project without problems: ${problems.join('; ')}`);
  return project;
}
