import { expect, it } from 'vitest';
import type { Capture } from '../../src/capture/capture.ts';
import { IdentityGraph } from '../../src/identity/identity-graph.ts';
import { acceptHandoff } from '../../src/journey/accept-handoff.ts';
import type { CustomerId } from '../../src/model/customer.ts';
import type { IdentityCorrection } from '../../src/model/identity.ts';
import { ANONYMOUS_VIEWER } from '../../src/model/viewer.ts';
import { openTestStore } from '../support/open-store.ts';
import { rulesWith } from './histories.ts';

const pair = (type: string, value: string) => ({ type, value });
const proven = (type: string, value: string) =>
  ({ type, value, assurance: 'RECOGNIZED', origin: { kind: 'handoff', name: 'ct' } }) as const;
const seen = { occurredAt: new Date(1), source: 'test', eventId: null };

it('a giver who logs in while their handoff is accepted keeps their identifiers, and a known follower gets none of them', async () => {
  const store = await openTestStore({ rules: rulesWith('reassign-latest') });
  await store.commit({ identifiers: [pair('visitorId', 'a')], ...seen });
  await store.commit({ identifiers: [pair('crmId', 'b')], ...seen });
  let isFirst = true;
  class Graph extends IdentityGraph {
    override async correctAll(corrections: readonly IdentityCorrection[]) {
      if (isFirst) await this.link({ identifiers: [pair('visitorId', 'a'), pair('crmId', 'a')], ...seen });
      isFirst = false;
      return super.correctAll(corrections);
    }
  }
  const now = () => new Date(2);
  const graph = new Graph(store, now, ({ value }) => value as CustomerId);
  const services = { graph, identifierTypes: new Map(), personTypes: new Set(['crmId']), now };
  const handedOver = [proven('visitorId', 'a')];
  const capture: Capture = { identifiers: [proven('crmId', 'b')], handedOver, newVisitor: null, refused: [] };
  expect((await acceptHandoff(services, capture, ANONYMOUS_VIEWER)).refused).toEqual(['handoff:ct']);
  const [giver, login, follower] = await store.findOwners([pair('visitorId', 'a'), pair('crmId', 'a'), pair('crmId', 'b')]);
  expect(giver).toBe(login);
  expect(follower).not.toBe(giver);
});
