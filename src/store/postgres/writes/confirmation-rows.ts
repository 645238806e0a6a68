import type { CustomerId } from '../../../model/customer.ts';
import type { ConfirmationWrite } from '../../plan/writes.ts';
import { byMany } from '../facts/customer-lookups.ts';
import type { Gathering, Lookup } from '../gathering.ts';
import { prepared, type Statement } from '../statement.ts';
import { bulkDelete, bulkUpsert } from './bulk.ts';
import type { CustomerRows } from './customer-rows.ts';

const ROW = { customer_id: 'text', agent: 'bytea' } as const;
const SAVE = bulkUpsert('confirmation', ROW, { method: 'text', confirmed_at: 'bigint', expires_at: 'bigint' });
const DELETE = bulkDelete('confirmation', ROW);
const OF_CUSTOMERS = prepared(
  `select customer_id, agent, method, confirmed_at as "confirmedAt", expires_at as "expiresAt"
   from confirmation where customer_id = any($1)`,
);

type Write<Kind extends ConfirmationWrite['kind']> = Extract<ConfirmationWrite, { kind: Kind }>;
type Row = Pick<Write<'save-confirmation'>, 'agent' | 'method' | 'confirmedAt' | 'expiresAt'>;

/** By the id of a customer of today: all confirmations. */
const confirmationLookup: Lookup<readonly Row[]> = {
  name: 'confirmations to move',
  absent: [],
  load: async (connection, ids) => {
    const { rows } = await connection.run({ prepared: OF_CUSTOMERS, values: [ids] });
    return byMany(rows, 'customer_id', ({ customer_id: _, ...row }) => row as unknown as Row);
  },
};

/** Rows of `confirmation`: what is stored, with what the writes have changed so far. */
export class ConfirmationRows {
  readonly #gathering: Gathering;
  readonly #customers: CustomerRows;
  /** By customer and agent, in hexadecimal; null for a row that is deleted. */
  readonly #changed = new Map<CustomerId, Map<string, Row | null>>();

  constructor(gathering: Gathering, customers: CustomerRows) {
    this.#gathering = gathering;
    this.#customers = customers;
  }

  save({ customerId, agent, method, confirmedAt, expiresAt }: Write<'save-confirmation'>): void {
    this.#set(customerId, agent.toString('hex'), { agent, method, confirmedAt, expiresAt });
  }

  /** Of two confirmations by one agent, the one that counts longer stays. */
  move({ from, to }: Write<'move-confirmations'>): void {
    const there = this.#of(to);
    for (const [agent, row] of this.#of(from)) {
      const known = there.get(agent);
      if (known === undefined || row.expiresAt > known.expiresAt) this.#set(to, agent, row);
      this.#set(from, agent, null);
    }
  }

  statements(): Statement[] {
    const all = [...this.#changed].flatMap(([customerId, rows]) => [...rows].map(([agent, row]) => ({ customerId, agent, row })));
    const saved = all.flatMap(({ customerId, row }) => (row === null ? [] : [{ customerId, ...row }]));
    const deleted = all.filter(({ row }) => row === null);
    return [
      ...DELETE.over(deleted.map(({ customerId, agent }) => [customerId, Buffer.from(agent, 'hex')])),
      ...SAVE.over(
        saved.map(({ customerId, agent, method, confirmedAt, expiresAt }) => [customerId, agent, method, confirmedAt, expiresAt]),
      ),
    ];
  }

  #of(customerId: CustomerId): Map<string, Row> {
    const stored = this.#customers.isNew(customerId) ? [] : this.#gathering.ask(confirmationLookup, customerId);
    const rows = new Map<string, Row>(stored.map((row) => [row.agent.toString('hex'), row]));
    for (const [agent, row] of this.#changed.get(customerId) ?? []) {
      if (row === null) rows.delete(agent);
      else rows.set(agent, row);
    }
    return rows;
  }

  #set(customerId: CustomerId, agent: string, row: Row | null): void {
    this.#customers.writeUnder(customerId);
    const rows = this.#changed.get(customerId) ?? new Map<string, Row | null>();
    rows.set(agent, row);
    this.#changed.set(customerId, rows);
  }
}
