import { randomUUID } from 'node:crypto';
import type { IdentityRules } from '../../src/identity/identity-rules.ts';
import type { CustomerId } from '../../src/model/customer.ts';
import type { InteractionToSave } from '../../src/model/interaction.ts';
import type { Store } from '../../src/model/ports.ts';
import type { Variable } from './pgbench.ts';

export const RULES: IdentityRules = {
  types: [
    { name: 'crmId', class: 'person', unique: true, limit: 1, window: null },
    { name: 'visitorId', class: 'cookie', unique: false, limit: 1_000_000, window: null },
  ],
  conflict: 'reassign-latest',
  capacity: 1_000_000,
};

/** Numbers that occur nowhere else: what is recorded for the reference is done with them. */
const RECORDED = 7_654_321;
const RECORDED_FRESH = 87_654_321;

/** What pgbench runs for a comparison. */
export interface Reference {
  /** What it does, in words for the table. */
  readonly name: string;
  /** Connections of pgbench. More than 16 make it slower on few cores: it would be no fair reference. */
  readonly connections: number;
  /** Its statements are those that the store sends for this. */
  readonly recorded?: Workload['run'];
  /** Its statements where they are not those of the store. */
  readonly script?: (customers: number) => string;
}

export interface Workload {
  readonly name: string;
  readonly references: readonly Reference[];
  /** Callers that wait at the same time, each for its own answer. */
  readonly callers: number;
  /** Operations that one call does. */
  readonly each: number;
  /** Customers that only this workload needs: the first number and the last. */
  readonly customers?: readonly [number, number];
  /** @param n one of the customers. @param fresh another number in each call, also of other rounds. */
  run(store: Store, n: number, fresh: number): Promise<unknown>;
  readonly variables: (customers: number) => readonly Variable[];
}

const of = (customers: number): Variable => ({ recorded: RECORDED, expression: `random(1, ${customers})` });
const fresh: Variable = { recorded: RECORDED_FRESH, expression: 'random(1, 1000000000000)' };
/** Customers beside the others, of whom each pair is merged once. */
const FIRST_TO_MERGE = 20_000_000;
const PAIRS_OF_STORE = 20_000;
/** More than a client of pgbench merges in one round of two seconds. */
const PAIRS_OF_CLIENT = 1_500;
const PAIRS_TO_MERGE = PAIRS_OF_STORE + 8 * 16 * PAIRS_OF_CLIENT;
/** The customer and the fresh number with which a workload is recorded. */
export const RECORDING = [RECORDED, RECORDED_FRESH] as const;

const SINGLE_INSERT = (customers: number) =>
  `\\set n random(1, ${customers})
insert into interaction (customer_id, occurred_at, id, type, touchpoint, page_url, properties, recorded_at, identifier_type,
 identifier_value, source, actor) values ('c' || :n::text, 1800000000000, gen_random_uuid()::text, 'page_view', 'web', 'https://shop.example/tea',
 '{"title": "Green tea","position": 3,"price": 12.5}', 1800000000000, 'crmId', 'k' || :n::text, 'bench', null) on conflict do nothing;
`.replaceAll(/\n (?=\S)/g, ' ');

function interaction(n: number): InteractionToSave {
  return {
    ...{ id: randomUUID(), type: 'page_view', touchpoint: 'web', pageUrl: 'https://shop.example/tea', occurredAt: new Date() },
    properties: { title: 'Green tea', position: 3, price: 12.5 },
    identifiers: [{ type: 'crmId', value: `k${n}` }],
    ...{ attributes: {}, source: 'bench', provenAt: null },
  };
}

const captureOne: Workload['run'] = (store, n) => store.saveInteractions([interaction(n)]);

const SAME: readonly Reference[] = [{ name: 'the same statements', connections: 16 }];

const SINGLE: readonly Reference[] = [
  { name: 'the same statements, one interaction in each transaction', connections: 16, recorded: captureOne },
  // The store's transactions of captures have two connections.
  ...[2, 16].map((connections) => ({ name: 'nothing but an insert of one row', connections, script: SINGLE_INSERT })),
];

/** What is measured. Each is done by the store, and its statements by pgbench, in turn. */
export const WORKLOADS: readonly Workload[] = [
  {
    name: 'look-up',
    references: SAME,
    ...{ callers: 64, each: 1 },
    run: async (store, n) => {
      const [owner] = await store.findOwners([{ type: 'crmId', value: `k${n}` }]);
      return store.findCustomers([owner as CustomerId]);
    },
    variables: (customers) => [of(customers)],
  },
  {
    name: 'journey, 20 interactions',
    references: SAME,
    ...{ callers: 64, each: 1 },
    run: (store, n) =>
      store.findInteractions(`c${n}` as CustomerId, {
        ...{ order: 'newest-first', limit: 20, olderThan: null, newerThan: null, types: null, touchpoints: null },
      }),
    variables: (customers) => [of(customers)],
  },
  {
    name: 'link a new cookie',
    references: SAME,
    ...{ callers: 64, each: 1 },
    run: (store, n, made) =>
      store.commit({
        identifiers: [
          { type: 'crmId', value: `k${n}` },
          { type: 'visitorId', value: `x${made}` },
        ],
        ...{ occurredAt: new Date(), source: 'bench', eventId: null },
      }),
    variables: (customers) => [of(customers), fresh],
  },
  {
    name: 'capture, one by one',
    references: SINGLE,
    ...{ callers: 64, each: 1 },
    run: captureOne,
    variables: (customers) => [of(customers), fresh],
  },
  {
    name: 'capture, a hundred in a call',
    references: SINGLE,
    ...{ callers: 8, each: 100 },
    run: (store, n) => store.saveInteractions(Array.from({ length: 100 }, (_, index) => interaction(Math.max(1, n - index)))),
    variables: (customers) => [of(customers), fresh],
  },
  {
    name: 'merge two customers',
    references: SAME,
    ...{ callers: 64, each: 1, customers: [FIRST_TO_MERGE, FIRST_TO_MERGE + 2 * PAIRS_TO_MERGE] },
    run: (store, n) => merge(store, n === RECORDED ? RECORDED : FIRST_TO_MERGE + 2 * merged++),
    variables: () => [
      // Every transaction of every run has a pair of its own, behind those of the store.
      {
        recorded: RECORDED,
        expression: `${FIRST_TO_MERGE} + 2 * (${PAIRS_OF_STORE} + (:run * 16 + :client_id) * ${PAIRS_OF_CLIENT} + :made)`,
      },
      { recorded: RECORDED + 1, expression: ':x0 + 1' },
    ],
  },
];

let merged = 0;

async function merge(store: Store, n: number): Promise<void> {
  const correction = { kind: 'merge', customerIds: [`c${n}`, `c${n + 1}`] as CustomerId[] } as const;
  const decided = await store.correct({ ...correction, ...{ source: 'bench', actor: 'bench', reason: null, at: new Date() } });
  if (decided.kind === 'refused') throw new Error(`expected customers ${n} and ${n + 1}: fill more of them`);
}
