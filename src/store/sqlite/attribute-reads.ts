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
  readonly #bounds: ReadBounds;
  readonly #attributes;

  constructor(database: DatabaseSync, bounds: ReadBounds) {
    this.#bounds = bounds;
    // An id without attributes counts as a row, so the limit bounds the ids too.
    this.#attributes = database.prepare(
      `select given.root_id, a.name, a.value, a.touchpoint, a.captured_at
       from json_each(?) asked join customer given on given.root_id = asked.value and given.erased_at is null
       left join attribute a on a.customer_id = given.id limit ${bounds.rows + 1}`,
    );
  }

  /** Attributes of current customers; where ids that were merged hold the same name, the latest wins. @returns null beyond the bounds. */
  find(ids: readonly CustomerId[]): Attribute[][] | null {
    const latest = new Map<string, Map<string, AttributeRow>>(ids.map((id) => [id, new Map()]));
    const rows = this.#attributes.all(JSON.stringify([...latest.keys()])) as unknown as AttributeRow[];
    if (rows.length > this.#bounds.rows) return null;
    for (const row of rows) {
      const names = latest.get(row.root_id);
      if (row.name === null || names === undefined) continue;
      const known = names.get(row.name);
      if (known === undefined || known.captured_at <= row.captured_at) names.set(row.name, row);
    }
    return ids.map((id) => [...(latest.get(id)?.entries() ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).map(toAttribute));
  }
}

function toAttribute([name, { value, touchpoint, captured_at }]: readonly [string, AttributeRow]): Attribute {
  return { name, value: JSON.parse(value), touchpoint, capturedAt: new Date(captured_at) };
}
