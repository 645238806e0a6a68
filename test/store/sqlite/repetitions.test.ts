import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import { SqliteInteractionFacts } from '../../../src/store/sqlite/interaction-facts.ts';
import { migrate, openDatabase } from '../../../src/store/sqlite/open-database.ts';
import { Planner } from '../../../src/store/sqlite/planner.ts';
import { decideHolders, holderByDefinition, rowsOf, world } from '../repetition-worlds.ts';

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
      `insert into interaction (customer_id, occurred_at, id, type, properties, recorded_at) values (?, ?, ?, ?, '{}', 1)`,
    );
    fc.assert(
      fc.property(world, (given) => {
        for (const table of ['customer', 'identifier', 'former_owner', 'interaction']) database.exec(`delete from ${table}`);
        const { customers, interactions, former } = rowsOf(given);
        for (const { id, root } of customers) insertCustomer.run(id, root);
        for (const { under, at, id, type } of interactions) insertInteraction.run(under, at, id, type);
        planner.run((draft) => {
          for (const { key, until, customerId } of former) draft.formerOwners.add(key, until, customerId as CustomerId);
        });
        const answers = planner.run((graph) => decideHolders(given, graph, facts));
        for (const { possible, holder } of answers) expect(holder).toBe(holderByDefinition(database, possible));
      }),
      { numRuns: 1_000 },
    );
  });
});
