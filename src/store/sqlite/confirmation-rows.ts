import type { DatabaseSync } from 'node:sqlite';
import type { Confirmation } from '../../model/confirmation.ts';
import type { CustomerId } from '../../model/customer.ts';
import { agentHash } from '../keyed-hashes.ts';
import type { ConfirmationWrite } from '../plan/writes.ts';
import { LIMIT } from './read-bounds.ts';

/** @returns for each kind of write about confirmations the function that applies it (apply-writes.ts). */
export function confirmationWriters(database: DatabaseSync) {
  const save = database.prepare(
    'insert or replace into confirmation (customer_id, agent, method, confirmed_at, expires_at) values (?, ?, ?, ?, ?)',
  );
  const forget = database.prepare(
    `delete from confirmation where (customer_id, agent) in
       (select customer_id, agent from confirmation where expires_at <= ? order by expires_at ${LIMIT})`,
  );
  // Of two confirmations by one agent, the one that counts longer stays.
  const move = database.prepare(
    `insert into confirmation (customer_id, agent, method, confirmed_at, expires_at)
     select ?2, agent, method, confirmed_at, expires_at from confirmation where customer_id = ?1
     on conflict do update set method = excluded.method, confirmed_at = excluded.confirmed_at, expires_at = excluded.expires_at
     where excluded.expires_at > confirmation.expires_at`,
  );
  const remove = database.prepare('delete from confirmation where customer_id = ?');
  return {
    'save-confirmation': ({ customerId, agent, method, confirmedAt, expiresAt }) =>
      save.run(customerId, agent, method, confirmedAt, expiresAt),
    'move-confirmations': ({ from, to }) => {
      move.run(from, to);
      remove.run(from);
    },
    'forget-confirmations': ({ before, limit }) => forget.run(before, limit),
  } satisfies { [Kind in ConfirmationWrite['kind']]: (write: Extract<ConfirmationWrite, { kind: Kind }>) => void };
}

/** Reads confirmations; prepared once. */
export class ConfirmationReads {
  readonly #find;
  readonly #secret: string;

  /** @param secret the store's own, with which agents are hashed. */
  constructor(database: DatabaseSync, secret: string) {
    this.#secret = secret;
    this.#find = database.prepare(
      `select c.method, c.confirmed_at, c.expires_at from customer given join confirmation c on c.customer_id = given.root_id
       where given.id = ? and c.agent = ? and given.erased_at is null`,
    );
  }

  /** In the order of the ids. */
  find(agent: string, ids: readonly CustomerId[]): (Confirmation | null)[] {
    const hash = agentHash(this.#secret, agent);
    return ids.map((id) => {
      const row = this.#find.get(id, hash) as { method: string; confirmed_at: number; expires_at: number } | undefined;
      if (row === undefined) return null;
      return { method: row.method, confirmedAt: new Date(row.confirmed_at), expiresAt: new Date(row.expires_at) };
    });
  }
}
