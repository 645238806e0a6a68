import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import { type Identifier, identifierKey } from '../../../src/model/identifier.ts';
import type { CorrectionRefusal, IdentityChanges, IdentityCorrection } from '../../../src/model/identity.ts';
import type { InteractionReceipt } from '../../../src/model/interaction.ts';
import type { Store } from '../../../src/model/ports.ts';
import type { Trait } from '../../../src/model/trait.ts';
import { rulesWith } from '../../identity/histories.ts';
import { temporaryDirectory } from '../../support/gateway.ts';
import { openTestStore } from '../../support/open-store.ts';
import { STORES } from '../../support/stores.ts';
import { expectNone, identifiersAmong, NEVER_IN_ANY_STORE } from '../store-invariants.ts';
import { HAS_DATABASE } from './background-store.ts';

const BY_HAND = { source: 'test', actor: 'agent', reason: 'because' };
const VALUES = ['a', 'b', 'c'];
const KINDS = ['see', 'view', 'late', 'named', 'mergeAndSplit', 'split', 'unlink', 'rotate', 'reset', 'erase', 'confirm'] as const;
/** `of` names identifiers, `n` makes operations different, `by` is the store that does it. */
const operation = fc.record({
  kind: fc.oneof({ weight: 4, arbitrary: fc.constantFrom('see', 'view', 'late') }, { weight: 5, arbitrary: fc.constantFrom(...KINDS) }),
  of: identifiersAmong(VALUES),
  n: fc.integer({ min: 0, max: 5 }),
  by: fc.integer({ min: 0, max: 2 }),
});
type Operation = Omit<typeof operation extends fc.Arbitrary<infer One> ? One : never, 'kind'> & { readonly kind: (typeof KINDS)[number] };

/** Each query finds what must not be, whatever was done. */
const NEVER = {
  ...NEVER_IN_ANY_STORE,
  'an alias without its row':
    'select c.id from customer c left join alias a on a.id = c.id and a.root_id = c.root_id where c.root_id <> c.id and (a.id is null or a.erased_at is distinct from c.erased_at)',
  'a row of what is no alias': 'select a.id from alias a left join customer c on c.id = a.id and c.root_id = a.root_id where c.id is null',
  'an identifier that two have': 'select id_key from identifier group by id_key having count(*) > 1',
  'an owner without the identifier, or the other way round':
    'select coalesce(i.id_key, o.id_key) from identifier i full join identifier_owner o using (id_key, customer_id) where i.id_key is null or o.id_key is null',
  'a retired cookie that is not found by its customer, or the other way round':
    'select coalesce(r.id_key, o.id_key) from retired_cookie r full join retired_cookie_of o using (id_key, customer_id) where r.id_key is null or o.id_key is null',
  'a retired cookie that is not found by its successor, or the other way round':
    'select coalesce(r.id_key, b.id_key) from (select * from retired_cookie where successor_key is not null) r full join retired_cookie_before b using (id_key, successor_key) where r.id_key is null or b.id_key is null',
  'a former owner who is not found by the customer, or the other way round':
    'select coalesce(f.id_key, i.id_key) from former_owner f full join former_identifier i using (id_key, customer_id) where f.id_key is null or i.id_key is null',
  'a confirmation of an alias': 'select f.customer_id from confirmation f join customer c on c.id = f.customer_id where c.root_id <> c.id',
  'an interaction that an erasure would not find':
    "select n.id from interaction n left join interaction_mention m on m.customer_id = n.customer_id and m.id_key = n.identifier_type || ':' || n.identifier_value where n.identifier_value is not null and m.id_key is null",
  'a mention of an identity event that is not there':
    'select m.id_key from identity_mention m left join identity_event e on e.customer_id = m.customer_id and e.recorded_at = m.recorded_at and e.id = m.event_id where e.id is null',
  'an interaction that is not counted once':
    "select customer_id from (select customer_id, count(*) as views from interaction where type = 'view' group by customer_id) i full join (select customer_id, sum((tally::json ->> 'count')::int) as views from trait_bucket group by customer_id) t using (customer_id) where i.views is distinct from t.views",
  'a name that is locked': 'select name from mutex',
  ...Object.fromEntries(
    ['confirmation', 'trait_bucket', 'trait_value', 'offer_decision', 'offer_exposure', 'audience_member'].map((table) => [
      `something of an erased id in ${table}`,
      `select t.customer_id from ${table} t join customer c on c.id = t.customer_id where c.erased_at is not null`,
    ]),
  ),
  'an identity event of an erased id':
    "select e.id from identity_event e join customer c on c.id = e.customer_id where c.erased_at is not null and e.rule <> 'ERASE'",
};

/** What is still there when everybody was erased, by table: nothing that names anybody. */
const NAMES = {
  identifier: 'select * from identifier',
  identifier_owner: 'select * from identifier_owner',
  attribute: 'select * from attribute',
  interaction: 'select * from interaction where identifier_value is not null',
  former_owner: 'select * from former_owner',
  former_identifier: 'select * from former_identifier',
  separation: 'select * from separation',
  retired_cookie: "select * from retired_cookie where id_key not like 'erased:%'",
  identity_mention: 'select * from identity_mention',
  interaction_mention: 'select * from interaction_mention',
  confirmation: 'select * from confirmation',
};

/** What a store answered when it stored something: it is there, or its customer was erased. */
interface Kept {
  readonly id: string;
  readonly customerId: CustomerId;
}

async function take(store: Store, { kind, of, n }: Operation, now: number, kept: Kept[]): Promise<void> {
  const at = new Date(now);
  const owners = async () => [...new Set((await store.findOwners(of)).filter((id) => id !== null))] as CustomerId[];
  const view = {
    type: 'view',
    touchpoint: null,
    pageUrl: null,
    properties: { n },
    source: 'test',
    provenAt: null,
    attributes: { [`b${n}`]: n },
  };
  const save = async (interaction: Parameters<Store['saveInteractions']>[0][number]) => {
    const [receipt] = (await store.saveInteractions([interaction])) as [InteractionReceipt];
    const { outcome, customerId } = receipt;
    if (outcome === 'stored') kept.push({ id: interaction.id, customerId: customerId as CustomerId });
  };
  const correct = async (...corrections: IdentityCorrection[]): Promise<readonly IdentityChanges[] | CorrectionRefusal> =>
    store.correctAll(corrections);
  const name = `${of.map(identifierKey).sort()}`;
  switch (kind) {
    case 'see':
      await store.commit({
        ...{ identifiers: of, occurredAt: at, source: 'test', eventId: n < 3 ? `e${n}` : null },
        attributes: { values: { [`a${n}`]: n }, touchpoint: null },
      });
      return;
    case 'view':
      return save({ ...view, id: `i${n} ${name}`, occurredAt: at, identifiers: of });
    case 'late':
      return save({ ...view, id: `l${n} ${name}`, occurredAt: new Date(5), identifiers: of });
    case 'named': {
      const [id] = await owners();
      if (id !== undefined) await save({ ...view, id: `n${n} ${id}`, occurredAt: at, identifiers: of, customer: { id } });
      return;
    }
    case 'mergeAndSplit': {
      const customerIds = await owners();
      const [first] = of as [Identifier];
      if (customerIds.length < 2) return;
      const split: IdentityCorrection = { kind: 'split', customerId: null, identifiers: [first], at, ...BY_HAND };
      await correct({ kind: 'merge', customerIds, at, ...BY_HAND }, ...(n % 2 === 0 ? [split] : []));
      return;
    }
    case 'split':
    case 'unlink':
      await correct({ kind, customerId: null, identifiers: of.slice(0, 1) as [Identifier], at, ...BY_HAND });
      return;
    case 'rotate':
    case 'reset': {
      const value = VALUES[n % 3] as string;
      await store.rotate({
        ...{ cookie: { type: 'visitorId', value }, successor: `${value}-${n}`, proof: kind === 'reset' ? null : `proof ${n}` },
        ...{
          kind: kind === 'reset' ? 'reset' : 'person',
          proven: [{ type: 'crmId', value: VALUES[(n + 1) % 3] as string }],
          at,
          source: 'test',
        },
      });
      return;
    }
    case 'erase':
      for (const customerId of await owners()) await store.erase({ customerId, at, source: 'test', actor: null });
      return;
    case 'confirm':
      for (const customerId of await owners()) {
        await store.confirm({
          ...{ agent: `agent ${n % 2}`, customerId, method: 'by phone', confirmedAt: at, expiresAt: new Date(now + 60_000) },
          ...{ source: 'test', actor: 'agent' },
        });
      }
  }
}

describe.skipIf(!HAS_DATABASE)('three replicas on one database', () => {
  it('keep it whole, whatever they do at once', { timeout: 120_000 }, async () => {
    const kind = STORES.find(({ name }) => name === 'PostgreSQL') as (typeof STORES)[number];
    const traits: Trait[] = [
      { name: 'views', of: 'view', compute: 'count', path: [], window: null },
      { name: 'kinds', of: 'view', compute: 'uniques', path: ['n'], window: null },
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 60, maxLength: 150 }), async (operations) => {
        const at = { kind, directory: temporaryDirectory(), rules: rulesWith('reassign-latest'), traits };
        const stores = [await openTestStore(at), await openTestStore(at), await openTestStore(at)] as const;
        const inStore = { kind, directory: at.directory, name: 'graph' };
        const rows = async (queries: Readonly<Record<string, string>>) =>
          Object.fromEntries(
            await Promise.all(Object.entries(queries).map(async ([what, sql]) => [what, await kind.rows(at.directory, 'graph', sql)])),
          );
        try {
          const kept: Kept[] = [];
          const now = Date.now();
          for (let index = 0; index < operations.length; index += 30) {
            const bunch = operations.slice(index, index + 30) as Operation[];
            await Promise.all(bunch.map((each) => take(stores[each.by] as Store, each, now, kept)));
          }
          await expectNone(inStore, NEVER);
          const found = await rows({
            there: 'select id from interaction',
            erased: 'select id from customer where erased_at is not null',
            roots: 'select id from customer where id = root_id and erased_at is null',
          });
          const ids = (name: 'there' | 'erased' | 'roots') => (found[name] as { id: string }[]).map(({ id }) => id);
          const [there, erased] = [new Set(ids('there')), new Set(ids('erased'))];
          expect(kept.filter(({ id, customerId }) => !there.has(id) && !erased.has(customerId))).toEqual([]);
          const erase = (id: string, nth: number) =>
            (stores[nth % 3] as Store).erase({ customerId: id as CustomerId, at: new Date(now), source: 'test', actor: null });
          await Promise.all(ids('roots').map(erase));
          await expectNone(inStore, { ...NEVER, ...NAMES });
        } finally {
          await Promise.all(stores.map((store) => store.close()));
        }
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });
});
