import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { migrate, openDatabase } from '../../src/store/sqlite/open-database.ts';
import { crmRecord } from './work.ts';

/**
 * Fills a store with customers who have a number and an e-mail address each, in one transaction, by SQL. It writes the rows that a
 * look-up reads, and no identity events, which no look-up reads.
 */
export function fillLargeStore(path: string, customers: number): void {
  inOneTransaction(path, (database) => {
    const customer = database.prepare(
      'insert into customer (id, root_id, created_at, first_seen_at, last_seen_at) values (?1, ?1, 1, 1, 1)',
    );
    const identifier = database.prepare(
      `insert into identifier (id_key, type, value, customer_id, linked_at, last_seen_at, source) values (?1 || ':' || ?2, ?1, ?2, ?3, 1, 1, 'bench')`,
    );
    for (let n = 1; n <= customers; n++) {
      const [id, { customerId, email }] = [randomUUID(), crmRecord(n)];
      customer.run(id);
      identifier.run('crmId', customerId, id);
      identifier.run('email', email, id);
    }
  });
}

/** Adds interactions to the first customers of a store, the same number for each. */
export function addInteractions(path: string, customers: number, each: number): void {
  inOneTransaction(path, (database) => {
    const owner = database.prepare("select customer_id from identifier where id_key = 'crmId:' || ?");
    const interaction = database.prepare(
      `insert into interaction (customer_id, occurred_at, id, type, touchpoint, page_url, properties, recorded_at, identifier_type, identifier_value, source)
       values (?, ?, ?, 'page_view', 'web', 'https://shop.example/tea/green', '{"position":3,"title":"Green tea"}', 1, 'crmId', ?, 'bench')`,
    );
    for (let n = 1; n <= customers; n++) {
      const { customer_id: id } = owner.get(String(n)) as { customer_id: string };
      for (let index = 0; index < each; index++) interaction.run(id, index, `i${index}`, String(n));
    }
  });
}

function inOneTransaction(path: string, work: (database: DatabaseSync) => void): void {
  const database = openDatabase(path);
  migrate(database);
  database.exec('begin immediate');
  work(database);
  database.exec('commit');
  database.exec('pragma wal_checkpoint(truncate)');
  database.close();
}
