import type { OffersQuery } from '../generated/graphql.ts';

export type OfferAnswer = 'PRESENTED' | 'ACCEPTED' | 'DECLINED';

/** An offer as the card shows it. */
export interface ShownOffer {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** The words to say; null where the owner wrote none. */
  readonly say: string | null;
  readonly token: string;
  /** The chance that the customer accepts, 0 to 1; null where nothing is learned of it. */
  readonly chance: number | null;
  /** The last that was recorded; null before it was presented. */
  readonly answer: { readonly kind: OfferAnswer; readonly at: string } | null;
}

export interface NotShown {
  readonly name: string;
  readonly step: ExplainedOffer['step'];
  readonly reason: string | null;
}

type Explanation = NonNullable<OffersQuery['explainOffers']>;
type ExplainedOffer = Explanation['offers'][number];
type Customer = Extract<NonNullable<OffersQuery['node']>, { readonly __typename?: 'Customer' }>;

const ANSWERS: Readonly<Record<string, OfferAnswer>> = {
  offer_presented: 'PRESENTED',
  offer_accepted: 'ACCEPTED',
  offer_declined: 'DECLINED',
};

/**
 * The offers of an answer. One that was answered here and is not chosen any more stays where the agent saw it.
 * @param before what was shown until now.
 * @param pending the offer whose answer is on its way: once it is recorded, a capped offer is not chosen again.
 */
export function shownOffers(answer: OffersQuery, before: readonly ShownOffer[], pending: string | null = null): readonly ShownOffer[] {
  const customer = answer.node?.__typename === 'Customer' ? (answer.node as Customer) : null;
  const recorded = recordedAnswers(customer);
  const chances = new Map((answer.explainOffers?.offers ?? []).map(({ name, propensity }) => [name, propensity ?? null]));
  const chosen = (customer?.offers ?? []).map((offer): ShownOffer => {
    const known = before.find(({ id }) => id === offer.id);
    const content = offer.content as Readonly<Record<string, unknown>>;
    return {
      id: offer.id,
      name: offer.name,
      title: firstText(content, ['title', 'headline', 'name']) ?? offer.name,
      say: firstText(content, ['say', 'text', 'body', 'description', 'message']),
      token: offer.token,
      chance: chances.get(offer.name) ?? null,
      answer: known?.answer ?? recorded.get(offer.id) ?? null,
    };
  });
  const gone = before.filter(({ id, answer: given }) => (given !== null || id === pending) && !chosen.some((offer) => offer.id === id));
  return [...chosen, ...gone];
}

/** Every offer of the placement that the customer does not get, and why. */
export function notShown(explanation: Explanation | null | undefined, shown: readonly ShownOffer[]): readonly NotShown[] {
  if (explanation === null || explanation === undefined) return [];
  const names = new Set([...explanation.chosen, ...shown.map(({ name }) => name)]);
  return explanation.offers
    .filter(({ name }) => !names.has(name))
    .map(({ name, step, reason }) => ({ name, step, reason: reason ?? null }));
}

/** The newest answer for each offer: they come newest first. */
function recordedAnswers(customer: Customer | null): ReadonlyMap<string, NonNullable<ShownOffer['answer']>> {
  const answers = new Map<string, NonNullable<ShownOffer['answer']>>();
  for (const { node } of customer?.interactions?.edges ?? []) {
    const kind = ANSWERS[node.type];
    if (kind === undefined || typeof node.offer !== 'string') continue;
    const known = answers.get(node.offer);
    // An answer says more than that it was presented, also where both have the same time.
    if (known === undefined || (known.kind === 'PRESENTED' && kind !== 'PRESENTED')) answers.set(node.offer, { kind, at: node.occurredAt });
  }
  return answers;
}

function firstText(content: Readonly<Record<string, unknown>>, names: readonly string[]): string | null {
  for (const name of names) {
    const text = content[name];
    if (typeof text === 'string' && text.trim() !== '') return text;
  }
  return null;
}
