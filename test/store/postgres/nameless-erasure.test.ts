import { expect, it, onTestFinished } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import { PostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import { prepared } from '../../../src/store/postgres/statement.ts';
import { rulesWith } from '../../identity/histories.ts';
import { PATIENTLY } from '../../support/waiting.ts';
import { customerRow, emptyStore, HAS_DATABASE } from './background-store.ts';

const KEY = 'visitorId:tablet';

it.skipIf(!HAS_DATABASE)('an erasure refuses the nameless row of an identifier that its present owner is about to change', async () => {
  const database = await emptyStore();
  await database.fill(
    'customer',
    ['member', 'owner', 'nameless'].map((id) => customerRow(id)),
  );
  await database.fill('identifier_owner', [{ id_key: KEY, customer_id: 'owner' }]);
  await database.fill('identifier', [
    { customer_id: 'owner', id_key: KEY, type: 'visitorId', value: 'tablet', linked_at: 1, last_seen_at: 1, source: 'test' },
  ]);
  await database.fill('former_owner', [{ id_key: KEY, until: 5, ordinal: 0, customer_id: 'nameless', is_nameless: true }]);
  await database.fill('former_identifier', [{ customer_id: 'nameless', id_key: KEY }]);
  await database.fill('nameless_owner', [{ customer_id: 'member', id_key: KEY }]);
  const store = await PostgresStore.open(database.url, { rules: rulesWith('reassign-latest') });
  onTestFinished(() => store.close());

  const [connections, others] = [database.connect(), database.connect()];
  let erasing: Promise<boolean> = Promise.resolve(false);
  await connections.inTransaction(async (connection) => {
    const run = (sql: string) => connection.run({ prepared: prepared(sql), values: [] });
    await run("select id from customer where id = 'owner' for update");
    let isOver = false;
    erasing = store.erase({ customerId: 'member' as CustomerId, at: new Date(9), source: 'test', actor: null });
    const over = () => {
      isOver = true;
    };
    erasing.then(over, over);
    // As another process does that replaces a further owner of the identifier by the nameless row.
    const waiting = prepared("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
    await expect.poll(async () => isOver || (await others.shared.run({ prepared: waiting, values: [] })).count > 0, PATIENTLY).toBe(true);
    await run('delete from former_owner');
    await run(`insert into former_owner values ('${KEY}', 6, 0, 'nameless', true)`);
  });
  expect(await erasing).toBe(true);
  const left = 'select f.until, c.erased_at is not null as refused from former_owner f join customer c on c.id = f.customer_id';
  expect(await database.rows(left)).toEqual([{ until: 6, refused: true }]);
});
