import type { DatabaseSync } from 'node:sqlite';
import { MAX_ATTRIBUTE_NAMES } from '../../model/attribute-bounds.ts';
import type { CustomerId } from '../../model/customer.ts';

/** Writes of attributes, each to be called inside a transaction. */
export class AttributeWrites {
  readonly #save;

  constructor(database: DatabaseSync) {
    this.#save = database.prepare(
      `insert into attribute (customer_id, name, value, touchpoint, captured_at)
       select ?1, ?2, ?3, ?4, ?5
       where exists (select 1 from attribute where customer_id = ?1 and name = ?2)
         or (select count(*) from attribute where customer_id = ?1) < ${MAX_ATTRIBUTE_NAMES}
       on conflict do update set value = excluded.value, touchpoint = excluded.touchpoint, captured_at = excluded.captured_at
       where excluded.captured_at >= captured_at`,
    );
  }

  /** Keeps each value unless a newer one of that name is there. @param values JSON values by name. */
  save(id: CustomerId, values: Readonly<Record<string, unknown>>, touchpoint: string | null, capturedAt: Date): void {
    for (const [name, value] of Object.entries(values)) this.#save.run(id, name, JSON.stringify(value), touchpoint, capturedAt.getTime());
  }
}
