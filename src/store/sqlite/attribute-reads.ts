import type { DatabaseSync } from 'node:sqlite';
import type { CustomerId } from '../../model/customer.ts';
import type { Attribute } from '../../model/ports.ts';
import type { ReadBounds } from './read-bounds.ts';

interface AttributeRow {
  root_id: string;
  /** Null for an id with no attribute. */
  name: string | null;
  value: string;
  touchpoint: string | null;
  captured_at: number;
}

/** Reads of attributes, over all the ids that a customer ever had. */
export class AttributeReads {
  readonly #attributes;

  constructor(database: DatabaseSync) {
    // An id without attributes counts as a row, so the limit bounds the ids too.
    this.#attributes = database.prepare(
      `select * from (
         select given.root_id, a.name, a.value, a.touchpoint, a.captured_at
         from json_each(?) asked join customer given on given.root_id = asked.value and given.erased_at is null
         left join attribute a on a.customer_id = given.id limit ?)
       order by name, captured_at`,
    );
  }

  /** Attributes of current customers; where ids that were merged hold the same name, the latest wins. @returns null beyond the bounds. */
  find(ids: readonly CustomerId[], bounds: ReadBounds): Attribute[][] | null {
    const latest = new Map<string, Map<string, Attribute>>(ids.map((id) => [id, new Map()]));
    const rows = this.#attributes.all(JSON.stringify([...latest.keys()]), bounds.rows + 1) as unknown as AttributeRow[];
    if (rows.length > bounds.rows) return null;
    for (const { root_id, name, value, touchpoint, captured_at } of rows) {
      if (name === null) continue;
      latest.get(root_id)?.set(name, { name, value: JSON.parse(value), touchpoint, capturedAt: new Date(captured_at) });
    }
    return ids.map((id) => [...(latest.get(id)?.values() ?? [])]);
  }
}
