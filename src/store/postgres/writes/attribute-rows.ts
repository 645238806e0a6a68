import { MAX_ATTRIBUTE_NAMES } from '../../../model/attribute-bounds.ts';
import type { CustomerId } from '../../../model/customer.ts';
import type { AttributeWrite } from '../../plan/writes.ts';
import type { Gathering, Lookup } from '../gathering.ts';
import { prepared, type Statement } from '../statement.ts';
import { bulkUpsert } from './bulk.ts';
import type { CustomerRows } from './customer-rows.ts';

const ROW = { customer_id: 'text', name: 'text' } as const;
const SAVE = bulkUpsert('attribute', ROW, { value: 'text', touchpoint: 'text', captured_at: 'bigint' });
const COUNTS = prepared('select customer_id, count(*) as names from attribute where customer_id = any($1) group by customer_id');
const CAPTURED = prepared('select customer_id, name, captured_at from attribute where customer_id = any($1) and name = any($2)');

/** By customer id: how many names of attributes it has. */
const namesLookup: Lookup<number> = {
  name: 'names of attributes',
  absent: 0,
  load: async (connection, ids) => {
    const { rows } = await connection.run({ prepared: COUNTS, values: [ids] });
    return new Map(rows.map(({ customer_id, names }) => [customer_id as string, names as number]));
  },
};

/** By JSON of a customer id and a name: when the attribute was captured, in milliseconds; null where it is not there. */
const capturedLookup: Lookup<number | null> = {
  name: 'attribute',
  absent: null,
  load: async (connection, keys) => {
    const given = keys.map((key) => JSON.parse(key) as [string, string]);
    const distinct = (column: 0 | 1) => [...new Set(given.map((values) => values[column]))];
    const { rows } = await connection.run({ prepared: CAPTURED, values: [distinct(0), distinct(1)] });
    return new Map(rows.map(({ customer_id, name, captured_at }) => [JSON.stringify([customer_id, name]), captured_at as number]));
  },
};

/** Rows of `attribute`: what is stored, with what the writes have changed so far. */
export class AttributeRows {
  readonly #gathering: Gathering;
  readonly #customers: CustomerRows;
  /** By JSON of customer id and name. */
  readonly #saved = new Map<string, AttributeWrite>();
  /** By customer: names that the writes add. */
  readonly #added = new Map<CustomerId, number>();

  constructor(gathering: Gathering, customers: CustomerRows) {
    this.#gathering = gathering;
    this.#customers = customers;
  }

  save(write: AttributeWrite): void {
    const { customerId, name, capturedAt } = write;
    this.#customers.writeUnder(customerId);
    const key = JSON.stringify([customerId, name]);
    const isNew = this.#customers.isNew(customerId);
    const stored = isNew ? null : this.#gathering.ask(capturedLookup, key);
    const before = this.#saved.get(key)?.capturedAt ?? stored;
    const names = isNew ? 0 : this.#gathering.ask(namesLookup, customerId);
    if (before === null) {
      const added = this.#added.get(customerId) ?? 0;
      if (names + added >= MAX_ATTRIBUTE_NAMES) return;
      this.#added.set(customerId, added + 1);
    } else if (capturedAt < before) return;
    this.#saved.set(key, write);
  }

  statements(): Statement[] {
    return SAVE.over(
      [...this.#saved.values()].map(({ customerId, name, value, touchpoint, capturedAt }) => {
        return [customerId, name, JSON.stringify(value), touchpoint, capturedAt];
      }),
    );
  }
}
