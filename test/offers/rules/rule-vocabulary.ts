import { addResolversToSchema } from '@graphql-tools/schema';
import { buildSchema, type GraphQLScalarType } from 'graphql';
import { SCALARS } from '../../../src/graphql/schema/schema-parts.ts';
import { compileRuleSet } from '../../../src/offers/rules/compile-rule-set.ts';
import type { Gathered, RuleSet, RuleState } from '../../../src/offers/rules/rule-set.ts';
import type { RuleProblem, RuleText } from '../../../src/offers/rules/rule-text.ts';
import type { RuleVocabulary } from '../../../src/offers/rules/rule-vocabulary.ts';
import type { AccessRule } from '../../../src/profile/access.ts';
import type { FieldBinding } from '../../../src/profile/field-binding.ts';
import { Profile, type ProfileField } from '../../../src/profile/profile.ts';

const used = ['Date', 'DateTime', 'JSON', 'BigInt', 'NonNegativeInt'];

/** The composed schema of a shop, with the scalars of the gateway. */
const SCHEMA = addResolversToSchema({
  resolvers: Object.fromEntries(used.map((name) => [name, SCALARS[name] as GraphQLScalarType])),
  schema: buildSchema(`
  scalar Date
  scalar DateTime
  scalar JSON
  scalar Sku
  scalar BigInt
  scalar NonNegativeInt
  enum Tier { BRONZE SILVER GOLD }
  type Loyalty { tier: Tier points: Int spent: Float since: DateTime parent: Loyalty discount: Float secret: String }
  type Product { sku: ID name: String }
  type Order { total: Float number: String! date: Date lines: [OrderLine!] paid: Boolean }
  type OrderLine { sku: Sku quantity: Int product: Product }
  type PageInfo { hasNextPage: Boolean! }
  type OrderEdge { node: Order cursor: String! }
  type OrderConnection { edges: [OrderEdge!]! pageInfo: PageInfo! }
  type Customer {
    id: ID!
    name: String
    age: Int
    spent: Float
    active: Boolean
    tags: [String!]
    memberSince: Date
    seenAt: DateTime
    settings: JSON
    loyalty: Loyalty
    orders(first: Int = 20, after: String): OrderConnection
    email: String
    tickets: [String!]
    purchases: Int
    computedByCode: Int
    near(town: String!): Int
    big: BigInt
    visits: NonNegativeInt
  }
  type Query { customer: Customer }
`),
});

const SOURCES: Readonly<Record<string, string>> = {
  name: 'crm',
  age: 'crm',
  spent: 'crm',
  active: 'crm',
  tags: 'crm',
  memberSince: 'crm',
  seenAt: 'crm',
  settings: 'crm',
  loyalty: 'loyalty',
  orders: 'orders',
  email: 'crm',
  tickets: 'support',
  purchases: 'computed',
  near: 'crm',
  big: 'crm',
  visits: 'crm',
};

const PROFILE = new Profile([
  ...Object.entries(SOURCES).map(([name, source]) => field(`Customer.${name}`, bindingTo(name, source), ruleOf(name))),
  field('Customer.computedByCode', undefined, { min: 'RECOGNIZED', roles: null }),
  ...['tier', 'points', 'spent', 'since', 'parent', 'discount'].map((name) => field(`Loyalty.${name}`, undefined, null)),
  field('Loyalty.secret', undefined, { min: null, roles: ['AGENT'] }),
  ...['total', 'number', 'date', 'lines', 'paid'].map((name) => field(`Order.${name}`, undefined, null)),
  ...['sku', 'quantity'].map((name) => field(`OrderLine.${name}`, undefined, null)),
  field('OrderLine.product', bindingTo('product', 'catalog'), null),
]);

function field(name: string, binding: FieldBinding | undefined, rule: AccessRule | null): ProfileField {
  return { name, rule, binding };
}

function ruleOf(name: string): AccessRule {
  if (name === 'email') return { min: 'VERIFIED', roles: null };
  return { min: 'RECOGNIZED', roles: name === 'tickets' ? ['AGENT', 'SERVICE'] : null };
}

function bindingTo(name: string, source: string): FieldBinding {
  const key = { kind: 'identifier', type: 'crmId' } as const;
  const binding = { source, many: false, pages: false, key, keyType: null, path: null, newestBy: null, cursor: null };
  return { name: `Customer.${name}`, shape: 'leaf', sources: [binding] };
}

export function ruleText(text: string | null, name = 'rule', label = 'when'): RuleText {
  return { name, text, origin: { file: `offers/${name}.ts`, fileText: null, label } };
}

export function vocabulary(audiences: Readonly<Record<string, string | null>> = {}, changes: Partial<RuleVocabulary> = {}): RuleVocabulary {
  return {
    schema: SCHEMA,
    profile: PROFILE,
    audiences: new Map(Object.entries(audiences).map(([name, text]) => [name, ruleText(text, name, `audiences.${name}`)])),
    purposes: ['tracking', 'personalisation', 'sharing'],
    touchpoints: ['web', 'store'],
    reader: 'placement home',
    min: 'ANONYMOUS',
    viewers: null,
    ...changes,
  };
}

/** The problems of one rule, as a terminal shows them. */
export function problemsOf(text: string, words: RuleVocabulary = vocabulary()): string[] {
  const problems: RuleProblem[] = [];
  const set = compileRuleSet([ruleText(text)], words, (problem) => problems.push(problem));
  if ((set === null) !== problems.length > 0) throw new Error('expected a rule set, or a problem');
  return problems.map(({ where, message }) => `${where}: ${message}`);
}

/** @param rules by name. */
export function ruleSet(rules: Readonly<Record<string, string | null>>, words: RuleVocabulary = vocabulary()): RuleSet {
  const problems: string[] = [];
  const texts = Object.entries(rules).map(([name, text]) => ruleText(text, name));
  const set = compileRuleSet(texts, words, ({ where, message }) => problems.push(`${where}: ${message}`));
  if (set === null) throw new Error(problems.join('\n'));
  return set;
}

export interface StateOptions extends Partial<Omit<RuleState, 'customer' | 'attributes' | 'journey'>> {
  readonly customer?: Readonly<Record<string, unknown>> | ReadonlyMap<string, Gathered>;
  readonly attributes?: unknown;
  readonly journey?: unknown;
}

export const NOW = new Date('2026-06-15T12:00:00Z');

/** @param options values of the customer, attributes and traits; an `Error` is a source that failed, by its message. */
export function stateOf({ customer = {}, attributes = {}, journey = {}, ...others }: StateOptions = {}): RuleState {
  const gathered = (value: unknown): Gathered => (value instanceof Error ? { failed: value.message } : { value });
  return {
    customer: customer instanceof Map ? customer : new Map(Object.entries(customer).map(([name, value]) => [name, gathered(value)])),
    attributes: gathered(attributes),
    journey: gathered(journey),
    assurance: 'RECOGNIZED',
    mayBeRead: true,
    consent: { tracking: true, personalisation: true, sharing: false },
    touchpoint: 'web',
    channel: 'WEB',
    locale: 'en-GB',
    now: NOW,
    ...others,
  };
}
