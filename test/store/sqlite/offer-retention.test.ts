import { expect, it } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import type { Identifier } from '../../../src/model/identifier.ts';
import type { OfferCap } from '../../../src/model/offer.ts';
import type { Store } from '../../../src/model/ports.ts';
import { rulesWith } from '../../identity/histories.ts';
import { openTestStore } from '../../support/open-store.ts';
import { SQLITE } from '../../support/stores.ts';
import { DAY, decision, later, NOON, perCustomer, response, toKeep } from '../offer-samples.ts';

const ADA: Identifier = { type: 'crmId', value: 'ada' };

async function storeOfAda(): Promise<{ store: Store; ada: CustomerId }> {
  const store = await openTestStore({ kind: SQLITE, rules: rulesWith('reassign-latest'), retention: { decisions: 10 * DAY } });
  await store.commit({ identifiers: [ADA], occurredAt: later(-DAY), source: 'test', eventId: null });
  return { store, ada: (await store.findOwners([ADA]))[0] as CustomerId };
}

it('deletes a few decisions beside others that are older than they are kept, and no others', async () => {
  const { store, ada } = await storeOfAda();
  for (const days of [-30, -20, -9]) await store.keepDecision(toKeep(decision(ada, { id: `${days}`, at: later(days * DAY) })));
  await store.keepDecision(toKeep(decision(ada, { id: 'now' })));
  expect((await store.findDecisions(ada, null, 9)).map(({ id }) => id)).toEqual(['now', '-9']);
});

it('still counts presentations for a cap without a window when their rows are deleted', async () => {
  const { store, ada } = await storeOfAda();
  const present = (id: string, days: number, caps: readonly OfferCap[] = []) => {
    const at = later(days * DAY);
    return store.saveResponse(response(decision(ada, { id, at }), ADA, { caps, occurredAt: at }));
  };
  for (let n = 0; n < 5; n++) await present(`old ${n}`, -30);
  await present('in a long window', -30, [perCustomer(9, 90 * DAY)]);
  await store.keepDecision(toKeep(decision(ada)));
  const counts = async (cap: OfferCap) =>
    (await store.findOfferStates([{ customerId: ada, placement: 'elsewhere', at: NOON, caps: [{ offer: 'one', cap }] }]))[0]?.counts;
  expect(await counts(perCustomer(99))).toEqual([6]);
  expect(await counts(perCustomer(99, 90 * DAY))).toEqual([1]);
  expect((await present('old 0', -30)).outcome).toBe('repeated');
});
