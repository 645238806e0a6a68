import type { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import type { CustomerId } from '../../src/model/customer.ts';
import { type Identifier, identifierKey } from '../../src/model/identifier.ts';
import type { InteractionToSave } from '../../src/model/interaction.ts';
import type { GraphDraft } from '../../src/store/plan/graph-draft.ts';
import { InteractionDraft } from '../../src/store/plan/interaction-draft.ts';
import type { InteractionFacts } from '../../src/store/plan/interaction-facts.ts';
import { holderOf, type PossibleRepetition } from '../../src/store/plan/repetitions.ts';

/*
 * Interactions that may be repetitions, among customers whose identifiers have moved, and the rule by which they are recognised.
 */

/**
 * The rule in its plainest form: looks under every id of everybody who has or had one of the identifiers, one after the
 * other. The first who has the interaction is who has it.
 */
export function holderByDefinition(database: DatabaseSync, { interaction, customerId, owners }: PossibleRepetition): CustomerId | null {
  const formerly = database.prepare(
    'select c.root_id from former_owner f join customer c on c.id = f.customer_id where f.id_key = ? order by f.until',
  );
  const idsOf = database.prepare('select id from customer where root_id = ?');
  const under = database.prepare('select occurred_at, type from interaction where customer_id = ? and id = ?');
  const everybody = new Set(
    interaction.identifiers.flatMap((identifier, index) => [
      ...(owners[index] ? [owners[index]] : []),
      ...formerly.all(identifierKey(identifier)).map(({ root_id }) => root_id as CustomerId),
    ]),
  );
  for (const root of everybody) {
    for (const { id } of idsOf.all(root)) {
      const found = under.get(id as string, interaction.id);
      if (found === undefined) continue;
      if (root === customerId || (found.occurred_at === interaction.occurredAt.getTime() && found.type === interaction.type)) return root;
    }
  }
  return null;
}

const cookie = (value: string): Identifier => ({ type: 'v', value });
const customer = fc.integer({ min: 0, max: 9 });
const interaction = fc.record({
  ...{ customer, at: fc.integer({ min: 1, max: 4 }), id: fc.constantFrom('1', '2'), type: fc.constantFrom('a', 'b') },
});
export const world = fc.record({
  /** By customer, whose alias each is. */
  roots: fc.array(customer, { minLength: 10, maxLength: 10 }),
  owners: fc.array(fc.option(customer), { minLength: 3, maxLength: 3 }),
  formerly: fc.array(fc.record({ cookie: fc.nat(2), until: fc.integer({ min: 1, max: 20 }), customer }), { maxLength: 15 }),
  interactions: fc.array(interaction, { maxLength: 20 }),
  /** What the plan does before it is asked: one customer becomes another's alias, and interactions are stored. */
  merged: fc.option(fc.record({ from: customer, to: customer })),
  added: fc.array(interaction, { maxLength: 4 }),
  /** So many more aliases lead to the first customer, and so many more customers had the first cookie. */
  extra: fc.constantFrom(0, 0, 70),
  /** So many strangers have interactions of these ids as well. */
  strangers: fc.constantFrom(0, 0, 30, 100),
  asked: fc.array(
    fc.record({
      cookies: fc.subarray([0, 1, 2], { minLength: 1 }),
      at: fc.integer({ min: 1, max: 4 }),
      id: fc.constantFrom('1', '2'),
      type: fc.constantFrom('a', 'b'),
    }),
    { minLength: 1, maxLength: 8 },
  ),
});
export type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

/** Rows of tables that every kind of store has, by the names of their columns. */
export function rowsOf({ roots, owners: _, formerly, interactions, strangers, extra }: World) {
  // Resolves in one hop: an alias of an alias is its own.
  const rootOf = (index: number) => {
    const root = roots[index] as number;
    return `c${roots[root] === root ? root : index}`;
  };
  const many = (count: number) => Array.from({ length: count }, (_each, n) => n);
  const customers = [
    ...roots.map((_root, index) => ({ id: `c${index}`, root: rootOf(index) })),
    ...many(extra).map((n) => ({ id: `a${n}`, root: rootOf(0) })),
    ...many(extra).map((n) => ({ id: `f${n}`, root: `f${n}` })),
    ...many(strangers).map((n) => ({ id: `s${n}`, root: `s${n}` })),
  ];
  const stored = [
    ...interactions.map(({ customer: index, at, id, type }) => ({ under: `c${index}`, at, id, type })),
    ...many(extra).flatMap((n) =>
      ['1', '2'].map((id) => ({ under: `${n % 2 === 0 ? 'a' : 'f'}${n}`, at: 1 + (n % 4), id, type: n % 3 === 0 ? 'a' : 'b' })),
    ),
    ...many(strangers).flatMap((n) => ['1', '2'].map((id) => ({ under: `s${n}`, at: 1 + (n % 4), id, type: n % 2 === 0 ? 'a' : 'b' }))),
  ];
  const former = [
    ...formerly.map(({ cookie: index, until, customer: id }) => ({ key: `v:${index}`, until, customerId: `c${id}` })),
    ...many(extra).map((n) => ({ key: 'v:0', until: 1 + (n % 7), customerId: `f${n}` })),
  ];
  return { customers, interactions: distinct(stored), former };
}

/** Of several interactions of one id under one customer, the first is stored. */
function distinct<Row extends { readonly under: string; readonly id: string }>(rows: readonly Row[]): Row[] {
  return [...new Map(rows.toReversed().map((row) => [`${row.under} ${row.id}`, row])).values()];
}

/** What a plan decides over a world whose rows are stored: of every interaction that is asked for, who has it. */
export function decideHolders({ merged, added, asked, owners }: World, graph: GraphDraft, facts: InteractionFacts) {
  const draft = new InteractionDraft(graph, facts);
  const now = (index: number) => graph.customer(`c${index}` as CustomerId)?.root as CustomerId;
  if (merged !== null && now(merged.from) !== now(merged.to)) graph.merge(now(merged.from), now(merged.to));
  for (const { customer: id, at, id: name, type } of added) {
    if (draft.has(name, now(id))) continue;
    draft.insert(recorded(name, type, at, [0]), now(id), cookie('0'), 1);
  }
  return asked.map(({ cookies, at, id, type }) => {
    const present = cookies.map((index) => (owners[index] == null ? null : now(owners[index])));
    const deciding = cookie(String(cookies[0]));
    const customerId = graph.formerOwners.ownerAt(identifierKey(deciding), at)?.root ?? present[0] ?? null;
    const possible = { interaction: recorded(id, type, at, cookies), deciding, owners: present, isNameless: false, customerId };
    return { possible, holder: holderOf(draft, possible) };
  });
}

function recorded(id: string, type: string, at: number, cookies: readonly number[]): InteractionToSave {
  return {
    ...{ id, type, occurredAt: new Date(at), identifiers: cookies.map((index) => cookie(String(index))), properties: {} },
    ...{ touchpoint: null, pageUrl: null, source: 'test', provenAt: null, attributes: {} },
  };
}
