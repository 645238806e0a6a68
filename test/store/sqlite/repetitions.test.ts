import type { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import { type Identifier, identifierKey } from '../../../src/model/identifier.ts';
import { migrate, openDatabase } from '../../../src/store/sqlite/open-database.ts';
import { Planner } from '../../../src/store/sqlite/planner.ts';
import { type PossibleRepetition, Repetitions } from '../../../src/store/sqlite/repetitions.ts';

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
const world = fc.record({
  /** By customer, whose alias each is. */
  roots: fc.array(customer, { minLength: 10, maxLength: 10 }),
  owners: fc.array(fc.option(customer), { minLength: 3, maxLength: 3 }),
  formerly: fc.array(fc.record({ cookie: fc.nat(2), until: fc.integer({ min: 1, max: 20 }), customer }), { maxLength: 15 }),
  interactions: fc.array(
    fc.record({ customer, at: fc.integer({ min: 1, max: 4 }), id: fc.constantFrom('1', '2'), type: fc.constantFrom('a', 'b') }),
    { maxLength: 20 },
  ),
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
    const repetitions = new Repetitions(database);
    const insertCustomer = database.prepare(
      'insert into customer (id, root_id, created_at, first_seen_at, last_seen_at) values (?, ?, 1, 1, 1)',
    );
    const insertInteraction = database.prepare(
      `insert into interaction (customer_id, occurred_at, id, type, properties, recorded_at) values (?, ?, ?, ?, '{}', 1) on conflict do nothing`,
    );
    fc.assert(
      fc.property(world, ({ roots, owners, formerly, interactions, strangers, asked }) => {
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
        const { formerOwners } = planner.newDraft();
        for (const { customer: id, at, id: name, type } of interactions) insertInteraction.run(`c${id}`, at, name, type);
        for (let n = 0; n < strangers; n++) {
          insertCustomer.run(`s${n}`, `s${n}`);
          for (const id of ['1', '2']) insertInteraction.run(`s${n}`, 1 + (n % 4), id, n % 2 === 0 ? 'a' : 'b');
        }
        for (const { cookies, at, id, type } of asked) {
          const present = cookies.map((index) => (owners[index] == null ? null : rootOf(owners[index])));
          const deciding = cookie(String(cookies[0]));
          const possible = {
            interaction: {
              ...{ id, type, occurredAt: new Date(at), identifiers: cookies.map((index) => cookie(String(index))), properties: {} },
              ...{ touchpoint: null, pageUrl: null, source: 'test', provenAt: null, attributes: {} },
            },
            ...{ deciding, owners: present, isNameless: false },
            customerId: formerOwners.ownerAt(identifierKey(deciding), at)?.root ?? present[0] ?? null,
          };
          expect(repetitions.holderOf(possible, formerOwners)).toBe(holderByDefinition(database, possible));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
