import type { DataAdapter } from '../../src/adapters/data-adapter.ts';
import type { GatewayConfigInput, OfferDefinition } from '../../src/index.ts';
import { type AskOptions, memorySource, type TestGatewayOptions, testGateway } from '../support/gateway.ts';

/** Ranks by priority alone, so that a test knows which offer is the best. */
export const BY_PRIORITY = { rank: 'priority', exploration: 0 } as const;
/** A placement with a fallback, which every customer may be shown; `WELCOME` is that offer. */
export const HOME = { home: { slots: 1, fallback: 'welcome', min: 'ANONYMOUS' } } as const;
/** An offer that is only a fallback. */
export const WELCOME: Partial<OfferDefinition> = { placements: [] };
export const ADA = { role: 'CUSTOMER', subject: '1' } as const;
export const BEN = { role: 'CUSTOMER', subject: '2' } as const;
export const AGENT = { role: 'AGENT', subject: 'desk' } as const;
export const ADMIN = { role: 'ADMIN', subject: 'root' } as const;

const SCHEMA = `
  type Customer {
    name: String @from(source: "crm")
    tier: String @from(source: "loyalty")
    points: Int @from(source: "loyalty")
    notes: String @from(source: "crm") @access(roles: [AGENT])
    favouriteStore: String @from(source: "captured")
  }
`;
const CRM = { 1: { name: 'Ada', notes: 'likes tea' }, 2: { name: 'Ben', notes: null } };
const LOYALTY = { 1: { tier: 'GOLD', points: 1_200 }, 2: { tier: 'SILVER', points: 10 } };

export interface OfferGatewayOptions extends Omit<TestGatewayOptions, 'config' | 'offers'> {
  readonly offers: Readonly<Record<string, Partial<OfferDefinition>>>;
  readonly placements?: GatewayConfigInput['placements'];
  readonly config?: Partial<GatewayConfigInput>;
  /** In place of the records of Ada and Ben. */
  readonly loyalty?: DataAdapter;
}

/** A gateway with offers for `home`, each with a content of its name, ranked by priority. */
export async function offerGateway({ offers, placements, config, loyalty, ...options }: OfferGatewayOptions) {
  const points = memorySource(LOYALTY);
  const crm = memorySource(CRM);
  const made = await testGateway({
    schema: SCHEMA,
    dataSources: { crm: crm.adapter, loyalty: loyalty ?? points.adapter },
    ...options,
    config: { placements: placements ?? { home: { slots: 1, min: 'ANONYMOUS' } }, decisions: BY_PRIORITY, ...config },
    offers: Object.fromEntries(
      Object.entries(offers).map(([name, offer]) => [name, { placements: ['home'], content: { en: { title: name } }, ...offer }]),
    ),
  });
  return { ...made, calls: { crm: crm.calls, loyalty: points.calls } };
}

export type OfferGateway = Awaited<ReturnType<typeof offerGateway>>;

const OFFERS = `query ($placement: String!, $first: Int, $locale: String) {
  customer { id offers(placement: $placement, first: $first, locale: $locale) { id name placement content token expiresAt } }
}`;

export interface ShownOffer {
  readonly id: string;
  readonly name: string;
  readonly placement: string;
  readonly content: Record<string, unknown>;
  readonly token: string;
  readonly expiresAt: string;
}

/** The offers that a client sees. @throws Error where the answer has errors. */
export async function offersOf({ ask }: Pick<OfferGateway, 'ask'>, as: AskOptions = {}, variables: object = {}): Promise<ShownOffer[]> {
  const { data, errors } = await ask(OFFERS, { ...as, variables: { placement: 'home', ...variables } });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return data.customer.offers;
}

export async function namesOf(gateway: Pick<OfferGateway, 'ask'>, as: AskOptions = {}, variables: object = {}): Promise<string[]> {
  return (await offersOf(gateway, as, variables)).map(({ name }) => name);
}

const RESPOND = `mutation ($i: RespondToOfferInput!) { respondToOffer(input: $i) { outcome customer { id } } }`;

/** @returns the outcome, or the code of the error. */
export async function respond(
  { ask }: Pick<OfferGateway, 'ask'>,
  as: AskOptions,
  input: { token: string; response: string; occurredAt?: string },
): Promise<string> {
  const { data, codes } = await ask(RESPOND, { ...as, variables: { i: input } });
  return data?.respondToOffer?.outcome ?? String(codes[0]);
}

const EXPLAIN = `query ($id: ID!, $placement: String!) {
  explainOffers(customerId: $id, placement: $placement) { placement isControl chosen keptUntil offers { name step reason score propensity } }
}`;

export interface Explained {
  readonly isControl: boolean;
  readonly chosen: readonly string[];
  readonly keptUntil: string | null;
  readonly offers: readonly { readonly name: string; readonly step: string; readonly reason: string | null }[];
}

/** The explanation for an agent. */
export async function explained({ ask }: Pick<OfferGateway, 'ask'>, id: string, placement = 'home'): Promise<Explained> {
  const { data, errors } = await ask(EXPLAIN, { ...AGENT, variables: { id, placement } });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return data.explainOffers;
}

export async function idOf({ ask }: Pick<OfferGateway, 'ask'>, as: AskOptions): Promise<string> {
  return (await ask('{ customer { id } }', as)).data.customer.id;
}

/** Stores an interaction, so that the customer is stored as well. */
export async function see({ ask }: Pick<OfferGateway, 'ask'>, as: AskOptions, type = 'page_view'): Promise<void> {
  const query = 'mutation ($i: CaptureInteractionsInput!) { captureInteractions(input: $i) { accepted } }';
  await ask(query, { ...as, variables: { i: { interactions: [{ type }] } } });
}
