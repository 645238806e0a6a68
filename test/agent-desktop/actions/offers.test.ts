import type { ApolloClient } from '@apollo/client';
import { describe, expect, it } from 'vitest';
import { OFFERS } from '../../../agent-desktop/src/actions/documents.ts';
import { OffersStore } from '../../../agent-desktop/src/actions/offers-store.ts';
import { notShown, type ShownOffer, shownOffers } from '../../../agent-desktop/src/actions/shown-offers.ts';
import type { OffersQuery } from '../../../agent-desktop/src/generated/graphql.ts';

interface Answered {
  readonly names?: readonly string[];
  readonly content?: Record<string, unknown>;
  /** Newest first. */
  readonly recorded?: readonly (readonly [type: string, offer: string | null])[];
  readonly explained?: readonly (readonly [name: string, reason: string | null])[];
}

function answer({ names = ['gold'], content = { title: 'Free delivery' }, recorded = [], explained = [] }: Answered = {}): OffersQuery {
  return {
    __typename: 'Query',
    node: {
      __typename: 'Customer',
      id: 'maya',
      offers: names.map((name) => ({ __typename: 'Offer', id: `id of ${name}`, name, content, token: `token of ${name}` })),
      interactions: {
        __typename: 'InteractionConnection',
        edges: recorded.map(([type, offer], n) => ({
          __typename: 'InteractionEdge',
          node: { __typename: 'Interaction', id: `i${n}`, type, occurredAt: `2010-12-03T12:00:0${9 - n}Z`, offer },
        })),
      },
    },
    explainOffers: {
      __typename: 'OfferExplanation',
      isControl: false,
      chosen: [...names],
      offers: explained.map(([name, reason]) => ({ __typename: 'ExplainedOffer', name, step: 'FILTERED', reason, propensity: 0.25 })),
    },
  };
}
const kinds = (offers: readonly ShownOffer[]) => offers.map(({ name, answer: given }) => [name, given?.kind ?? null]);

describe('the offers of a card', () => {
  it('say what the owner wrote, whatever the field is called, and the name where there is nothing', () => {
    const said = (content: Record<string, unknown>) => shownOffers(answer({ content }), []).map(({ title, say }) => [title, say])[0];
    expect(said({ headline: 'H', body: 'B', image: 'x' })).toEqual(['H', 'B']);
    expect(said({ title: ' ', name: 'N', say: 'S', text: 'T' })).toEqual(['N', 'S']);
    expect(said({ title: 7 })).toEqual(['gold', null]);
  });

  it('have the answer that was recorded for them, which says more than that they were presented', () => {
    const recorded = [
      ['offer_presented', 'id of gold'],
      ['offer_declined', 'id of gold'],
      ['offer_presented', 'id of silver'],
      ['purchase', 'id of bronze'],
      ['offer_accepted', null],
    ] as const;
    expect(kinds(shownOffers(answer({ names: ['gold', 'silver', 'bronze'], recorded }), []))).toEqual([
      ['gold', 'DECLINED'],
      ['silver', 'PRESENTED'],
      ['bronze', null],
    ]);
  });

  it('stay where the agent saw them once they were answered, and go when they were not', () => {
    const [gold, silver] = shownOffers(answer({ names: ['gold', 'silver'] }), []) as [ShownOffer, ShownOffer];
    const before = [{ ...gold, answer: { kind: 'ACCEPTED' as const, at: '' } }, silver];
    expect(kinds(shownOffers(answer({ names: ['bronze'] }), before))).toEqual([
      ['bronze', null],
      ['gold', 'ACCEPTED'],
    ]);
    expect(kinds(shownOffers(answer({ names: ['gold'] }), before))).toEqual([['gold', 'ACCEPTED']]);
    // Its answer is on its way.
    expect(kinds(shownOffers(answer({ names: ['gold'] }), before, silver.id))).toEqual([
      ['gold', 'ACCEPTED'],
      ['silver', null],
    ]);
  });

  it('are not among those that are not shown', () => {
    const read = answer({
      explained: [
        ['gold', null],
        ['silver', 'it ended'],
        ['bronze', null],
      ],
    });
    const shown = shownOffers(answer({ names: ['bronze'] }), []);
    expect(notShown(read.explainOffers, shown)).toEqual([{ name: 'silver', step: 'FILTERED', reason: 'it ended' }]);
    expect(notShown(null, shown)).toEqual([]);
  });
});

describe('the offers of an open customer', () => {
  /** A gateway whose answers a test gives when it wants to. */
  function gateway() {
    const asked: { readonly variables: Record<string, unknown>; readonly answer: (data: unknown) => void; readonly fail: () => void }[] =
      [];
    const ask = ({ variables }: { variables: Record<string, unknown> }) => {
      const { promise, resolve, reject } = Promise.withResolvers();
      asked.push({ variables, answer: (data) => resolve({ data }), fail: () => reject(new Error('gone')) });
      return promise;
    };
    const store = new OffersStore({ query: ask, mutate: ask } as unknown as ApolloClient);
    return { asked, store };
  }
  const asks = { id: 'maya', placement: 'agent', locale: 'en' };
  const read = (store: OffersStore, change: Partial<typeof asks> = {}) => {
    const { id, placement, locale } = { ...asks, ...change };
    return store.read(id, placement, locale);
  };

  it('are read once in a while, and at once in another language', async () => {
    expect(OFFERS).toBeDefined();
    const { asked, store } = gateway();
    const reading = read(store);
    asked[0]?.answer(answer());
    await reading;
    await read(store);
    expect(asked.map(({ variables }) => variables)).toEqual([asks]);
    void read(store, { locale: 'de' });
    expect(asked.map(({ variables }) => variables.locale)).toEqual(['en', 'de']);
  });

  it('are those of the last reading, whichever answer comes first', async () => {
    const { asked, store } = gateway();
    const both = [read(store), read(store, { locale: 'de' })];
    asked[1]?.answer(answer({ names: ['silver'] }));
    asked[0]?.answer(answer({ names: ['gold'] }));
    await Promise.all(both);
    expect(kinds(store.current().offers)).toEqual([['silver', null]]);
  });

  it('keep what was recorded only when the gateway took it, one at a time', async () => {
    const { asked, store } = gateway();
    const reading = read(store);
    asked[0]?.answer(answer({ names: ['gold', 'silver'] }));
    await reading;
    const recording = store.respond('id of gold', 'PRESENTED');
    expect(store.current().pending).toBe('id of gold');
    expect(await store.respond('id of silver', 'PRESENTED')).toBe(false);
    asked[1]?.fail();
    expect(await recording).toBe(false);
    expect(store.current()).toMatchObject({ pending: null, failed: { id: 'id of gold' } });
    const again = store.respond('id of gold', 'PRESENTED');
    expect(asked[2]?.variables).toEqual({ token: 'token of gold', response: 'PRESENTED' });
    asked[2]?.answer({ respondToOffer: { __typename: 'RespondToOfferPayload' } });
    expect(await again).toBe(true);
    expect(kinds(store.current().offers)).toEqual([
      ['gold', 'PRESENTED'],
      ['silver', null],
    ]);
    expect(await store.respond('id of nothing', 'PRESENTED')).toBe(false);
  });

  it('do not move while an answer is awaited', async () => {
    const { asked, store } = gateway();
    const reading = read(store);
    asked[0]?.answer(answer({ recorded: [['offer_presented', 'id of gold']] }));
    await reading;
    store.current();
    await read(store);
    expect(asked).toHaveLength(1);
  });
});
