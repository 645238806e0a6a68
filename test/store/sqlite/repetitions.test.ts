import type { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import { type Identifier, identifierKey } from '../../../src/model/identifier.ts';
import type { InteractionToSave } from '../../../src/model/interaction.ts';
import { InteractionDraft } from '../../../src/store/plan/interaction-draft.ts';
import { holderOf, type PossibleRepetition } from '../../../src/store/plan/repetitions.ts';
import { SqliteInteractionFacts } from '../../../src/store/sqlite/interaction-facts.ts';
import { migrate, openDatabase } from '../../../src/store/sqlite/open-database.ts';
import { Planner } from '../../../src/store/sqlite/planner.ts';

/**
 * The rule in its plainest form: looks under every id of everybody who has or had one of the identifiers, one after the
 * other. The first who has the interaction is who has it.
 */
function holderByDefinition(database: DatabaseSync, { interaction, customerId, owners }: PossibleRepetition): CustomerId | null {
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
const world = fc.record({
  /** By customer, whose alias each is. */
  roots: fc.array(customer, { minLength: 10, maxLength: 10 }),
  owners: fc.array(fc.option(customer), { minLength: 3, maxLength: 3 }),
  formerly: fc.array(fc.record({ cookie: fc.nat(2), until: fc.integer({ min: 1, max: 20 }), customer }), { maxLength: 15 }),
  interactions: fc.array(interaction, { maxLength: 20 }),
  /** What the plan does before it is asked: one customer becomes another's alias, and interactions are stored. */
  merged: fc.option(fc.record({ from: customer, to: customer })),
  added: fc.array(interaction, { maxLength: 4 }),
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

describe('a repetition of an interaction', () => {
  it('is recognised as by the definition, whatever the history of its identifiers, and however many have its id', () => {
    const database = openDatabase(':memory:');
    onTestFinished(() => database.close());
    migrate(database);
    const planner = new Planner(database, () => 1);
    const facts = new SqliteInteractionFacts(database);
    const insertCustomer = database.prepare(
      'insert into customer (id, root_id, created_at, first_seen_at, last_seen_at) values (?, ?, 1, 1, 1)',
    );
    const insertInteraction = database.prepare(
      `insert into interaction (customer_id, occurred_at, id, type, properties, recorded_at) values (?, ?, ?, ?, '{}', 1) on conflict do nothing`,
    );
    fc.assert(
      fc.property(world, ({ roots, owners, formerly, interactions, merged, added, strangers, asked }) => {
        for (const table of ['customer', 'identifier', 'former_owner', 'interaction']) database.exec(`delete from ${table}`);
        // Resolves in one hop: an alias of an alias is its own.
        const rootOf = (index: number) => {
          const root = roots[index] as number;
          return `c${roots[root] === root ? root : index}` as CustomerId;
        };
        for (const index of roots.keys()) insertCustomer.run(`c${index}`, rootOf(index));
        planner.run((draft) => {
          for (const { cookie: index, until, customer: id } of formerly)
            draft.formerOwners.add(`v:${index}`, until, `c${id}` as CustomerId);
        });
        for (const { customer: id, at, id: name, type } of interactions) insertInteraction.run(`c${id}`, at, name, type);
        for (let n = 0; n < strangers; n++) {
          insertCustomer.run(`s${n}`, `s${n}`);
          for (const id of ['1', '2']) insertInteraction.run(`s${n}`, 1 + (n % 4), id, n % 2 === 0 ? 'a' : 'b');
        }
        const recorded = (id: string, type: string, at: number, cookies: readonly number[]): InteractionToSave => ({
          ...{ id, type, occurredAt: new Date(at), identifiers: cookies.map((index) => cookie(String(index))), properties: {} },
          ...{ touchpoint: null, pageUrl: null, source: 'test', provenAt: null, attributes: {} },
        });
        const answers = planner.run((graph) => {
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
        });
        for (const { possible, holder } of answers) expect(holder).toBe(holderByDefinition(database, possible));
      }),
      { numRuns: 1_000 },
    );
  });
});
