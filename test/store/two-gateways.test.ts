import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../src/model/customer.ts';
import { type Identifier, identifierKey } from '../../src/model/identifier.ts';
import type { Store } from '../../src/model/ports.ts';
import { rulesWith } from '../identity/histories.ts';
import { CookieJar } from '../support/cookie-jar.ts';
import { temporaryDirectory, testGateway } from '../support/gateway.ts';
import { openTestStore } from '../support/open-store.ts';
import { STORE, STORES } from '../support/stores.ts';
import { expectNone, identifiersAmong, NEVER_IN_ANY_STORE } from './store-invariants.ts';

const BY_HAND = { source: 'test', actor: null, reason: null };
const KINDS = ['see', 'view', 'again', 'merge', 'split', 'unlink', 'rotate', 'erase'] as const;
const VALUES = ['a', 'b', 'c', 'd'];
/** `of` names identifiers, `n` makes operations different, `ago` is in milliseconds. */
const operation = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('see', 'view', 'again', 'rotate') },
    { weight: 3, arbitrary: fc.constantFrom(...KINDS) },
  ),
  of: identifiersAmong(VALUES),
  n: fc.integer({ min: 0, max: 9 }),
  ago: fc.constantFrom(0, 0, 1, 1_000),
});
type Operation = Omit<typeof operation extends fc.Arbitrary<infer One> ? One : never, 'kind'> & { readonly kind: (typeof KINDS)[number] };

async function take(store: Store, { kind, of, n, ago }: Operation, now: number): Promise<void> {
  const at = new Date(now - ago);
  const owner = async (): Promise<CustomerId | null> => (await store.findOwners(of.slice(0, 1)))[0] ?? null;
  switch (kind) {
    case 'see':
      await store.commit({
        ...{ identifiers: of, occurredAt: at, source: 'test', eventId: n < 5 ? `e${n}` : null },
        attributes: { values: { [`a${n}`]: n }, touchpoint: null },
      });
      return;
    case 'view':
    case 'again':
      await store.saveInteractions([
        {
          ...{
            id: `i${n} ${of.map(identifierKey).sort()}`,
            type: 'view',
            occurredAt: kind === 'view' ? at : new Date(5),
            identifiers: of,
            touchpoint: null,
          },
          ...{ pageUrl: null, properties: {}, source: 'test', attributes: { [`b${n}`]: n }, provenAt: null },
        },
      ]);
      return;
    case 'merge': {
      const customerIds = (await store.findOwners(of)).filter((id) => id !== null);
      if (customerIds.length > 1) await store.correct({ kind, customerIds, at, ...BY_HAND });
      return;
    }
    case 'split':
    case 'unlink':
      await store.correct({ kind, customerId: null, identifiers: of.slice(0, 1) as [Identifier], at, ...BY_HAND });
      return;
    case 'rotate':
      await store.rotate({
        ...{ cookie: { type: 'visitorId', value: VALUES[n % 4] as string }, successor: `${VALUES[n % 4]}-${n}`, proof: `proof ${n}` },
        ...{ kind: 'person', proven: [{ type: 'crmId', value: VALUES[(n + 1) % 4] as string }], at, source: 'test' },
      });
      return;
    case 'erase': {
      const customerId = await owner();
      if (customerId !== null) await store.erase({ customerId, at, source: 'test', actor: null });
    }
  }
}

describe('two processes on one store', () => {
  it.each(STORES)('keep it consistent in $name, whatever they do at once', async (kind) => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 40, maxLength: 120 }), async (operations) => {
        const at = { kind, directory: temporaryDirectory(), rules: rulesWith('reassign-latest') };
        const stores = [await openTestStore(at), await openTestStore(at)] as const;
        try {
          const now = Date.now();
          for (let index = 0; index < operations.length; index += 20) {
            const bunch = operations.slice(index, index + 20) as Operation[];
            await Promise.all(bunch.map((each, nth) => take(stores[nth % 2] as Store, each, now)));
          }
        } finally {
          await Promise.all(stores.map((store) => store.close()));
        }
        await expectNone({ kind: kind, directory: at.directory, name: 'graph' }, NEVER_IN_ANY_STORE);
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });

  it('answer browsers, services and agents without one internal error', async () => {
    const one = await testGateway();
    const two = await testGateway({ directory: one.directory });
    const IDENTIFY = 'mutation ($input: IdentifyInput!) { identify(input: $input) { customer { id } } }';
    const CAPTURE = 'mutation ($input: CaptureInteractionsInput!) { captureInteractions(input: $input) { accepted } }';
    const ERASE = 'mutation ($input: EraseCustomerInput!) { eraseCustomer(input: $input) { complete } }';
    const MERGE = 'mutation ($input: MergeCustomersInput!) { mergeCustomers(input: $input) { customer { id } } }';
    const SPLIT = 'mutation ($input: SplitCustomerInput!) { splitCustomer(input: $input) { splitOff { id } } }';
    const WHO = '{ customer { id identifiers { value } attributes { name } interactions(first: 20) { edges { node { type } } } } }';
    const ids = new Set<string>();
    const browser = async (gateway: typeof one, round: number, index: number) => {
      const jar = new CookieJar(gateway);
      const view = { type: 'view', id: `v${round}-${index}` };
      await jar.ask(CAPTURE, { variables: { input: { interactions: [view] } } });
      await jar.ask(WHO, { role: 'CUSTOMER', subject: `c${index % 3}` });
      await jar.ask(CAPTURE, {
        variables: { input: { interactions: [view, { type: 'again' }] } },
        role: 'CUSTOMER',
        subject: `c${index % 3}`,
      });
    };
    const service = async ({ ask }: typeof one, index: number) => {
      const identifiers = [
        { type: 'crmId', value: `c${index % 3}` },
        { type: 'email', value: `e${index % 2}@x.io` },
      ];
      const { data } = await ask(IDENTIFY, { variables: { input: { identifiers, attributes: { name: 'x' } } }, role: 'SERVICE' });
      const id = data.identify?.customer?.id;
      if (typeof id === 'string') ids.add(id);
    };
    const agent = async ({ ask }: typeof one, index: number) => {
      const customerIds = [...ids].slice(-2);
      if (customerIds.length === 2) await ask(MERGE, { variables: { input: { customerIds } }, role: 'AGENT' });
      await ask(SPLIT, { variables: { input: { identifiers: [{ type: 'email', value: `e${index % 2}@x.io` }] } }, role: 'AGENT' });
    };
    const eraser = async ({ ask }: typeof one) => {
      const customerId = [...ids].at(-1);
      if (customerId !== undefined) await ask(ERASE, { variables: { input: { customerId } }, role: 'ADMIN' });
    };
    for (let round = 0; round < 6; round++) {
      const work = [0, 1, 2, 3].flatMap((index) => {
        const gateway = index % 2 === 0 ? one : two;
        return [browser(gateway, round, index), service(gateway, index + round), agent(gateway, index), eraser(gateway)];
      });
      await Promise.all(work);
    }
    for (const id of ids) {
      const { data } = await two.ask('query ($id: ID!) { node(id: $id) { id } }', { variables: { id }, role: 'AGENT' });
      expect(data.node.id).toEqual(expect.any(String));
    }
    await expectNone({ kind: STORE, directory: one.directory, name: 'gateway' }, NEVER_IN_ANY_STORE);
  });
});
